// SPDX-License-Identifier: GPL-2.0-only
//! Every message of the link step, by name.
//!
//! A message names the thing, says why it cannot be, and says what to do next.

use klp_codes::codes;
use klp_runtime::contract::{ABI, GPL_COMPATIBLE};
use object::elf::{self, RelocationType};

use crate::profile::{Object, Profile, SectionKind, Symbol};

use super::diagnostic::{Diagnostic, Place};
use super::endless::Endless;
use super::patch::{Callback, Export, Func, Patch, Shadow, State};
use super::resolve::Wanted;

pub(crate) fn unreadable_object(error: &dyn std::fmt::Display) -> Diagnostic {
    Diagnostic::new(
        codes::UNREADABLE_OBJECT,
        format!("the linker's output cannot be read: {error}"),
    )
    .help("this is a bug in klp unless the linker is not GNU ld or LLD: please report it")
}

pub(crate) fn odd_alignment(section: &dyn std::fmt::Display) -> Diagnostic {
    Diagnostic::new(
        codes::ODD_ALIGNMENT,
        format!("section `{section}` has an alignment that the module loader cannot give it"),
    )
    .note("a module's memory is aligned to pages of 4096 bytes")
    .help("lower the `#[repr(align(…))]` of the statics in it")
}

pub(crate) fn wrong_object() -> Diagnostic {
    Diagnostic::new(
        codes::WRONG_OBJECT,
        "the linker's output is not a relocatable x86-64 object",
    )
    .help("build for the target `x86_64-unknown-none`, as `cargo klp new` sets it up")
}

/// There is no patch in the crate that is linked.
pub fn no_patch() -> Diagnostic {
    Diagnostic::new(codes::NO_PATCH, "this crate has no `klp::patch!`")
        .note("it gives the patch its licence and its init function")
        .help("add `klp::patch! { license: \"GPL\", description: \"…\" }` to the crate's root")
}

pub(crate) fn no_code() -> Diagnostic {
    Diagnostic::new(codes::NO_CODE, "the patch has no code")
        .help("add a function with `#[livepatch(object = \"…\")]`")
}

pub(crate) fn empty_patch(patch: &Patch) -> Diagnostic {
    Diagnostic::new(codes::EMPTY_PATCH, "this patch changes nothing: it has neither a function nor a callback")
        .at(Some(patch.place.clone()))
        .note("the kernel refuses a patch without objects")
        .help("annotate a function with `#[livepatch(object = \"…\")]`, and name its file in a `mod` line")
}

pub(crate) fn only_in_a_patch(what: &str, name: &str, place: &Place) -> Diagnostic {
    Diagnostic::new(
        codes::ONLY_IN_A_PATCH,
        format!("this module {what} `{name}`, but it is no patch"),
    )
    .at(Some(place.clone()))
    .note("`klp::module!` makes an ordinary kernel module; a live-patching core works for patches")
    .help("write `klp::patch!` instead, or leave the attribute out")
}

pub(crate) fn export_of_a_patch(export: &Export) -> Diagnostic {
    Diagnostic::new(
        codes::EXPORT_OF_A_PATCH,
        format!("a patch cannot export `{}`", export.name),
    )
    .at(Some(export.place.clone()))
    .note("a module that uses it would keep the patch from being replaced and unloaded")
    .help("export it from a module of its own, with `klp::module!`")
}

pub(crate) fn export_is_taken(export: &Export, provider: &str) -> Diagnostic {
    Diagnostic::new(
        codes::EXPORT_IS_TAKEN,
        format!("`{}` is exported by `{provider}` already", export.name),
    )
    .at(Some(export.place.clone()))
    .note("the kernel refuses a module that exports a name again")
    .help("rename the function, for instance to start with the module's name")
}

pub(crate) fn exported_twice(first: &Export, second: &Export) -> Diagnostic {
    Diagnostic::new(
        codes::EXPORTED_TWICE,
        format!("`{}` is exported twice", second.name),
    )
    .at(Some(second.place.clone()))
    .note(format!("the other function is at {}", first.place))
    .help("rename one of them")
}

pub(crate) fn other_abi(theirs: u32) -> Diagnostic {
    let (older, update) = if theirs < ABI {
        ("klp-kernel", "cargo update -p klp-kernel")
    } else {
        ("the installed klp", "cargo install cargo-klp")
    };
    Diagnostic::new(codes::OTHER_ABI, format!(
        "the patch was compiled for klp ABI {theirs}, this link step has ABI {ABI}: {older} is too old"
    ))
    .help(format!("run `{update}`, then build again"))
}

pub(crate) fn damaged_record() -> Diagnostic {
    Diagnostic::new(
        codes::DAMAGED_RECORD,
        "a record of the patch cannot be read",
    )
    .note("records are written by klp's attributes only; something else uses their sections")
    .help("look for `#[link_section]` or `#[distributed_slice]` with a name that has KLP_ in it")
}

pub(crate) fn code_elsewhere(section: &str, functions: &[String]) -> Diagnostic {
    let what = match functions {
        [] => "code".to_owned(),
        names => quoted(names),
    };
    Diagnostic::new(
        codes::CODE_ELSEWHERE,
        format!("{what} is in section `{section}`, not in .text"),
    )
    .note("unwind data and mitigation lists are made for .text, where the compiler puts code")
    .help("remove the `#[link_section]`, or name a section that starts with `.text.`")
}

pub(crate) fn long_module_name(patch: &Patch, module: &str, limit: usize) -> Diagnostic {
    Diagnostic::new(
        codes::LONG_MODULE_NAME,
        format!(
            "the module's name `{module}` is too long: it has {} bytes, the kernel takes {}",
            module.len(),
            limit - 1
        ),
    )
    .at(Some(patch.place.clone()))
    .help("shorten `name` of `[[bin]]` or `[package]` in Cargo.toml")
}

pub(crate) fn patches_itself(patch: &Patch, module: &str) -> Diagnostic {
    Diagnostic::new(
        codes::PATCHES_ITSELF,
        format!("the patch is named `{module}` like the module that it patches"),
    )
    .at(Some(patch.place.clone()))
    .note("the kernel loads only one module of a name")
    .help("rename the package in Cargo.toml, for instance to `livepatch-…`")
}

pub(crate) fn unknown_object(profile: &Profile, object: &str, uses: &[&str]) -> Diagnostic {
    Diagnostic::new(
        codes::UNKNOWN_OBJECT,
        format!("the kernel profile has no module `{object}`"),
    )
    .note(format!("it is to hold {}", quoted(uses)))
    .note(format!(
        "the profile of {} has: {}",
        profile.release(),
        object_names(profile)
    ))
    .help(format!(
        "if the name is right, run `cargo klp kernel add-module PATH/{object}.ko` with the \
             module's file of this kernel, then build again"
    ))
}

fn object_names(profile: &Profile) -> String {
    let names: Vec<_> = profile
        .objects()
        .map(|object| object.name().to_owned())
        .collect();
    names.join(", ")
}

pub(crate) fn unknown_symbol(
    profile: &Profile,
    wanted: Wanted<'_>,
    nearest: &[&str],
) -> Diagnostic {
    let Wanted { object, symbol, .. } = wanted;
    let diagnostic = Diagnostic::new(
        codes::UNKNOWN_SYMBOL,
        format!(
            "`{object}` of kernel {} has no symbol `{symbol}`",
            profile.release()
        ),
    );
    match nearest {
        [] => diagnostic.help(
            "check the name and the object: the compiler may have inlined the function, \
             then replace its callers",
        ),
        names => diagnostic.help(format!(
            "if the name is right, this kernel is built without it, or the compiler inlined the \
             function: then replace its callers; if it is not, did you mean {}?",
            quoted(names)
        )),
    }
}

fn quoted(names: &[impl std::fmt::Display]) -> String {
    let quoted: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}

pub(crate) fn ambiguous_symbol(
    wanted: Wanted<'_>,
    of: &Object<'_>,
    candidates: &[Symbol<'_>],
) -> Diagnostic {
    let Wanted { object, symbol, .. } = wanted;
    Diagnostic::new(
        codes::AMBIGUOUS_SYMBOL,
        format!(
            "`{object}` has {} symbols named `{symbol}`; which one is meant?",
            candidates.len()
        ),
    )
    .note(positions(of, candidates))
    .note("addresses are those of System.map; what is side by side is mostly of one source file")
    .help("write `sympos = N` beside `object`, with the number of the one that is meant")
}

pub(crate) fn sympos_out_of_range(
    wanted: Wanted<'_>,
    of: &Object<'_>,
    candidates: &[Symbol<'_>],
) -> Diagnostic {
    let Wanted {
        object,
        symbol,
        sympos,
    } = wanted;
    let help = match candidates.len() {
        1 => "leave `sympos` out, the name is unique".to_owned(),
        count => format!("take one of these: sympos counts from 1 to {count}"),
    };
    let count = match candidates.len() {
        1 => "only one symbol".to_owned(),
        count => format!("only {count} symbols"),
    };
    Diagnostic::new(
        codes::SYMPOS_OUT_OF_RANGE,
        format!("`sympos = {sympos}` is out of range: `{object}` has {count} named `{symbol}`"),
    )
    .note(positions(of, candidates))
    .help(help)
}

/// The symbols of one name, and what tells them apart: where it is known the source file, else what
/// lies beside each.
fn positions(object: &Object<'_>, candidates: &[Symbol<'_>]) -> String {
    let lines: Vec<_> = candidates
        .iter()
        .map(|symbol| {
            let traceable = match symbol.ftrace_location {
                Some(_) => "",
                None => ", not traceable",
            };
            let file = match (symbol.file, object.neighbours(symbol)) {
                (Some(file), _) => format!(", {file}"),
                (None, [Some(before), Some(behind)]) => {
                    format!(", between `{before}` and `{behind}`")
                }
                (None, [Some(one), None] | [None, Some(one)]) => format!(", beside `{one}`"),
                (None, [None, None]) => String::new(),
            };
            format!(
                "sympos = {}: {:#018x}, {} bytes{file}{traceable}",
                symbol.sympos, symbol.address, symbol.size
            )
        })
        .collect();
    lines.join("\n")
}

pub(crate) fn init_function(wanted: Wanted<'_>) -> Diagnostic {
    let Wanted { object, symbol, .. } = wanted;
    Diagnostic::new(
        codes::INIT_SYMBOL,
        format!("`{symbol}` of `{object}` is in an `.init` section"),
    )
    .note("the kernel has run and freed it long before a patch can be loaded")
    .help("change what it set up, in a `#[pre_patch]` or `#[post_patch]` callback")
}

pub(crate) fn not_a_function(wanted: Wanted<'_>, symbol: &Symbol<'_>) -> Diagnostic {
    Diagnostic::new(
        codes::NOT_A_FUNCTION,
        format!(
            "`{}` of `{}` is data (kallsyms type `{}`), not a function",
            wanted.symbol, wanted.object, symbol.kind
        ),
    )
    .help("reach data through a `#[kernel]` block, and change it in a callback")
}

pub(crate) fn not_traceable(wanted: Wanted<'_>, symbol: &Symbol<'_>) -> Diagnostic {
    Diagnostic::new(codes::NOT_TRACEABLE, format!(
        "`{}` of `{}` cannot be replaced: ftrace cannot reach it",
        wanted.symbol, wanted.object
    ))
    .note(format!(
        "the function at {:#018x} has no fentry call: it is notrace, assembly, or was compiled without one",
        symbol.address
    ))
    .help("replace its callers instead, or a function that it calls")
}

pub(crate) fn changed_by_compiler(wanted: Wanted<'_>, clones: &[&str]) -> Diagnostic {
    let Wanted { object, symbol, .. } = wanted;
    let text = format!(
        "`{symbol}` of `{object}` is there only as the compiler changed it: {}",
        quoted(clones)
    );
    not_as_written(text)
        .note("`.isra` and `.constprop` take fewer parameters than the source has, `.part` is a piece")
        .help(format!(
            "replace its callers; or write `symbol = \"{}\"` and `unchecked = \"reason\"`, with the \
             parameters that are left",
            clones.first().copied().unwrap_or_default()
        ))
}

pub(crate) fn rare_part(wanted: Wanted<'_>, whole: &str) -> Diagnostic {
    let Wanted { object, symbol, .. } = wanted;
    not_as_written(format!(
        "`{symbol}` of `{object}` is a part of `{whole}`, not a function"
    ))
    .note("the compiler put there what it thinks runs rarely; only `jmp`s of the rest lead to it")
    .help(format!("replace `{whole}`"))
}

fn not_as_written(message: String) -> Diagnostic {
    Diagnostic::new(codes::CHANGED_BY_COMPILER, message)
}

pub(crate) fn cloned(func: &Func, clones: &[&str]) -> Diagnostic {
    let (symbol, object) = (&func.symbol, &func.object);
    let message = format!(
        "some calls of `{symbol}` of `{object}` go to {} instead",
        quoted(clones)
    );
    Diagnostic::new(codes::CLONED, message)
        .warning()
        .at(Some(func.place.clone()))
        .note("they stay as they are: the replacement is for callers of the function itself")
        .note(
            "whether it was inlined into callers besides, a kernel without debug info does not say",
        )
        .help(
            "replace the callers that matter, or the clones as well: `symbol = \"…\"`, with the \
             parameters that are left, and `unchecked = \"reason\"`",
        )
}

pub(crate) fn endless(wanted: Wanted<'_>, endless: Endless) -> Diagnostic {
    let Wanted { object, symbol, .. } = wanted;
    let called = |what: &str| format!("`{symbol}` of `{object}` {what}");
    match endless {
        Endless::NeverReturns => {
            let message = called("never returns, so it cannot be replaced");
            Diagnostic::new(codes::NEVER_RETURNS, message)
                .note("behind a call of it there is no code: a replacement that returns runs into whatever is next")
                .help("replace a function that it calls, or the one that decides to call it")
        }
        Endless::OnEveryStack => {
            let message = called("is on the stack of every task that sleeps");
            Diagnostic::new(codes::ON_EVERY_STACK, message)
                .note("a task switches to a patch when no function that it replaces is on its stack, so the transition would never end")
                .help("replace a function that it calls, and that returns before the task sleeps")
        }
        Endless::ThreadLoop => {
            let message = called("is the main loop of a kernel thread, which never leaves it");
            Diagnostic::new(codes::THREAD_LOOP, message)
                .note("the thread would hold up the transition for as long as it lives, and go on with the old code")
                .help("replace a function that the loop calls: each time round it is entered anew")
        }
    }
}

pub(crate) fn callback_without_functions(callback: &Callback) -> Diagnostic {
    let Callback {
        object, function, ..
    } = callback;
    let message = format!(
        "`{function}` is a callback of module `{object}`, of which the patch replaces no function"
    );
    Diagnostic::new(codes::CALLBACK_WITHOUT_FUNCTIONS, message)
        .at(Some(callback.place.clone()))
        .note("callbacks of a module run when that module comes and goes, not when the patch does")
        .help(
            "take `object = \"vmlinux\"` if it is about the patch itself; else say why: \
             `no_functions = \"reason\"`, on one of the module's callbacks",
        )
}

pub(crate) fn floating_point(function: &str, instruction: &str) -> Diagnostic {
    let message = format!("`{function}` uses floating-point or vector registers: `{instruction}`");
    Diagnostic::new(codes::FLOATING_POINT, message)
        .note("these registers are those of the task that the kernel interrupted, which would find others in them")
        .help("do without; integers are enough for nearly all that kernel code has to count")
}

pub(crate) fn large_frame(function: &str, size: u64, limit: u64) -> Diagnostic {
    let message = format!(
        "`{function}` needs {size} bytes of the stack, more than the {limit} that klp allows"
    );
    Diagnostic::new(codes::LARGE_FRAME, message)
        .note("a task in the kernel has a stack of 16 KiB for all functions that call one another, and for interrupts")
        .note("the kernel itself is built to warn from the same size on (CONFIG_FRAME_WARN)")
        .help("put large values into a `KBox`, or a `static`; in a debug build, raise `opt-level`")
}

pub(crate) fn key_of_module(section: &str, symbol: &str, module: &str) -> Diagnostic {
    let message = format!(
        "`{section}` of the patch refers to `{symbol}`, which belongs to module `{module}`"
    );
    Diagnostic::new(codes::KEY_OF_MODULE, message)
        .note("the kernel reads this section when it loads the patch, before livepatch has looked up symbols of modules")
        .help("read the key in an ordinary way, such as by `static_key_count`, without an entry in the section")
}

pub(crate) fn refused_section(what: &str, why: &str) -> Diagnostic {
    Diagnostic::new(codes::REFUSED_SECTION, format!("the patch has {what}"))
        .note(why)
        .help("leave out the `#[link_section]` or the assembler directive that makes it")
}

pub(crate) fn long_export(export: &Export) -> Diagnostic {
    let message = format!(
        "the name of `{}` is too long for an export: it has {} bytes",
        export.name,
        export.name.len()
    );
    Diagnostic::new(codes::LONG_EXPORT, message)
        .at(Some(export.place.clone()))
        .note("modules that import it name it in `__versions`, which has no room for it")
        .help("shorten the function's name to 55 bytes")
}

pub(crate) fn replaced_twice(first: &Func, second: &Func) -> Diagnostic {
    Diagnostic::new(
        codes::REPLACED_TWICE,
        format!(
            "`{}` of `{}` is replaced twice",
            second.symbol, second.object
        ),
    )
    .at(Some(second.place.clone()))
    .note(format!("the other replacement is at {}", first.place))
    .help("merge the two into one function, or give each its own `sympos`")
}

pub(crate) fn shadow_declared_twice(first: &Shadow, second: &Shadow) -> Diagnostic {
    Diagnostic::new(codes::SHADOW_DECLARED_TWICE, format!(
        "shadow variable `{}` has the id of `{}`, {:#x}",
        second.name, first.name, second.id
    ))
    .at(Some(second.place.clone()))
    .note(format!("`{}` is at {}", first.name, first.place))
    .help("if they are the same variable, make one static `pub` and use it; else give one another `id` or `name`")
}

pub(crate) fn shadow_of_two_types(first: &Shadow, second: &Shadow) -> Diagnostic {
    let types = |shadow: &Shadow| {
        let Shadow {
            name,
            parent_type,
            value_type,
            ..
        } = shadow;
        format!("`{name}` is `{value_type}` of `{parent_type}`")
    };
    Diagnostic::new(
        codes::SHADOW_OF_TWO_TYPES,
        format!(
            "shadow variables `{}` and `{}` are of different types, but have one id, {:#x}",
            first.name, second.name, second.id
        ),
    )
    .at(Some(second.place.clone()))
    .note(format!("{}; {}", types(first), types(second)))
    .note(format!("`{}` is at {}", first.name, first.place))
    .help("give one of them another `id`, or none to have it made of the types and the name")
}

pub(crate) fn state_declared_twice(first: &State, second: &State) -> Diagnostic {
    Diagnostic::new(
        codes::STATE_DECLARED_TWICE,
        format!(
            "states `{}` and `{}` have one id, {}",
            first.name, second.name, second.id
        ),
    )
    .at(Some(second.place.clone()))
    .note(format!("`{}` is at {}", first.name, first.place))
    .note("the kernel would only ever find one of them")
    .help(
        "if they are the same state, make one static `pub` and use it; else give one another `id`",
    )
}

pub(crate) fn other_size(structure: &str, expected: &str, size: usize) -> Diagnostic {
    Diagnostic::new(codes::OTHER_SIZE, format!(
        "`struct {structure}` has {size} bytes in this kernel, klp-kernel can use it only with {expected}"
    ))
    .note("the kernel was configured in an unusual way, such as with lock debugging or PREEMPT_RT")
    .help("do without, or use what that kernel exports through an `extern \"C\"` block")
}

pub(crate) fn odd_kernel_symbol(name: &str) -> Diagnostic {
    Diagnostic::new(
        codes::ODD_KERNEL_SYMBOL,
        format!("`{name}` is no kernel symbol's name"),
    )
    .note("the form is `.klp.sym.OBJECT.NAME,SYMPOS`")
    .help("declare it in a `#[kernel(object = \"…\")]` block, without `#[link_name]`")
}

pub(crate) fn symbol_of_module(wanted: Wanted<'_>) -> Diagnostic {
    let Wanted { object, symbol, .. } = wanted;
    Diagnostic::new(
        codes::SYMBOL_OF_MODULE,
        format!("a module that is no patch cannot use `{symbol}` of `{object}`"),
    )
    .note("livepatch resolves such symbols, and only for patches")
    .help("look the symbol up when the module is there, or do this in a patch")
}

pub(crate) fn not_in_the_image(symbol: &Symbol<'_>) -> Diagnostic {
    let what = match symbol.section {
        SectionKind::Percpu => "is per CPU",
        _ => "is a number",
    };
    Diagnostic::new(codes::NOT_IN_THE_IMAGE, format!(
        "`{}` {what}, and the kernel does not export it",
        symbol.name
    ))
    .note("what is not exported is reached by its distance from `_printk` in the kernel's image, and this has none")
    .help("use a function of the kernel that works with it")
}

pub(crate) fn unanchorable(symbol: &str, kind: RelocationType) -> Diagnostic {
    Diagnostic::new(
        codes::UNANCHORABLE,
        format!(
            "`{symbol}` is used by {}, which cannot hold its distance from `_printk`",
            relocation(kind)
        ),
    )
    .help("in inline assembly, use the symbol by a 64-bit or a signed 32-bit field")
}

pub(crate) fn no_anchor(profile: &Profile) -> Diagnostic {
    Diagnostic::new(
        codes::NO_ANCHOR,
        format!("kernel {} does not export `_printk`", profile.release()),
    )
    .note("symbols that the kernel does not export are reached by their distance from it")
    .help("build for Linux 5.15 or later")
}

pub(crate) fn no_build_id(profile: &Profile, found: Option<&[u8]>) -> Diagnostic {
    let found = match found {
        Some(id) => format!("a build-id of {} bytes, not of 20", id.len()),
        None => "no build-id".to_owned(),
    };
    Diagnostic::new(
        codes::NO_BUILD_ID,
        format!("kernel {} has {found}", profile.release()),
    )
    .note("by its build-id a module knows the one kernel that it was linked for")
    .help("build for a kernel that was linked with `--build-id`, as distributions do")
}

pub(crate) fn unknown_flag(flag: &str, known: &str) -> Diagnostic {
    Diagnostic::new(
        codes::UNKNOWN_FLAG,
        format!("the number of the thread flag `{flag}` is not known"),
    )
    .note("the kernel's type information has no such numbers")
    .help(format!(
        "only `{known}` can be had: it is found in the kernel's code"
    ))
}

pub(crate) fn no_patch_pending(profile: &Profile) -> Diagnostic {
    Diagnostic::new(
        codes::NO_PATCH_PENDING,
        format!(
            "the number of `TIF_PATCH_PENDING` was not found in kernel {}",
            profile.release()
        ),
    )
    .note("it is read from the one `lock btr` of the kernel's function `klp_update_patch_state`")
    .help("build for a kernel with CONFIG_LIVEPATCH; if it has that, please report it")
}

pub(crate) fn unknown_orc(profile: &Profile) -> Diagnostic {
    Diagnostic::new(
        codes::UNKNOWN_ORC,
        format!(
            "the format of unwind data was not understood in kernel {}",
            profile.release()
        ),
    )
    .note(
        "stacks through the module could not be walked, and tasks asleep in it would block patches",
    )
    .help("build for a kernel with CONFIG_UNWINDER_ORC; if it has that, please report it")
}

pub(crate) fn not_exported(profile: &Profile, name: &str) -> Diagnostic {
    let known = profile
        .object(klp_runtime::contract::VMLINUX)
        .map(|vmlinux| {
            (
                !vmlinux.symbols_named(name).is_empty(),
                vmlinux.nearest(name, 3),
            )
        });
    let release = profile.release();
    let new = |message| Diagnostic::new(codes::NOT_EXPORTED, message);
    match known {
        Some((true, _)) => new(format!("kernel {release} does not export `{name}`"))
            .note("plain `extern \"C\"` is for what the kernel exports to modules")
            .help(
                "declare it in a `#[kernel(object = \"vmlinux\")] unsafe extern \"C\"` block, which \
                 finds it by its name",
            ),
        Some((false, nearest)) if !nearest.is_empty() => {
            new(format!("kernel {release} has no symbol `{name}`"))
                .help(format!("check the name; did you mean {}?", quoted(&nearest)))
        }
        _ => new(format!("kernel {release} has no symbol `{name}`")).help("check the name"),
    }
}

pub(crate) fn gpl_only(patch: &Patch, names: &[&str]) -> Diagnostic {
    Diagnostic::new(
        codes::GPL_ONLY,
        format!(
            "a patch with the license `{}` may not use {}",
            patch.license,
            quoted(names)
        ),
    )
    .at(Some(patch.place.clone()))
    .note("the kernel exports them to GPL-compatible modules only; every live patch needs some")
    .note(format!(
        "compatible licences are {}",
        quoted(&GPL_COMPATIBLE)
    ))
    .help("set `license` to one of them, if the patch may have it")
}

pub(crate) fn unknown_relocation(kind: RelocationType, symbol: &str, function: &str) -> Diagnostic {
    Diagnostic::new(
        codes::UNKNOWN_RELOCATION,
        format!(
            "`{function}` refers to `{symbol}` by {}, which the module loader does not know",
            relocation(kind)
        ),
    )
    .note("a module has neither a GOT nor thread-local storage")
    .help(
        "in inline assembly, use the symbol itself; elsewhere build with the klp-rustc wrapper and \
         without `-C relocation-model` or `-C code-model` of your own",
    )
}

fn relocation(kind: RelocationType) -> String {
    match kind {
        elf::R_X86_64_GOTPCREL => "R_X86_64_GOTPCREL".into(),
        elf::R_X86_64_GOTPCRELX => "R_X86_64_GOTPCRELX".into(),
        elf::R_X86_64_REX_GOTPCRELX => "R_X86_64_REX_GOTPCRELX".into(),
        elf::R_X86_64_TPOFF32 => "R_X86_64_TPOFF32".into(),
        elf::R_X86_64_32 => "R_X86_64_32".into(),
        elf::R_X86_64_16 => "R_X86_64_16".into(),
        elf::R_X86_64_8 => "R_X86_64_8".into(),
        other => format!("relocation type {}", other.0),
    }
}

pub(crate) fn unusable_constant(kind: RelocationType) -> Diagnostic {
    Diagnostic::new(
        codes::UNUSABLE_CONSTANT,
        format!(
            "a number of the kernel is used by {}, which cannot hold it",
            relocation(kind)
        ),
    )
    .help("take its address into a `usize` first")
}

pub(crate) fn no_layout(error: &dyn std::error::Error) -> Diagnostic {
    Diagnostic::new(
        codes::NO_LAYOUT,
        format!("the kernel's type information lacks what every patch needs: {error}"),
    )
    .note("the layouts of kernel structs come from the BTF in the kernel profile")
    .help("build for a kernel with CONFIG_LIVEPATCH and CONFIG_DEBUG_INFO_BTF")
}

pub(crate) fn unknown_constant(error: &dyn std::error::Error) -> Diagnostic {
    Diagnostic::new(codes::UNKNOWN_CONSTANT, error.to_string())
        .note("offsets and enumerators come from the kernel's BTF, in its profile")
        .help(
            "check the name, and the kernel that the patch is built for; a module's own types are \
             for `types! { object: \"…\", … }`",
        )
}

pub(crate) fn odd_constant(name: &str) -> Diagnostic {
    Diagnostic::new(
        codes::ODD_CONSTANT,
        format!("`{name}` is no kernel structure's member"),
    )
    .help("the form is `.klp.field.STRUCT.MEMBER`")
}

pub(crate) fn huge_layout(number: u64) -> Diagnostic {
    Diagnostic::new(
        codes::HUGE_LAYOUT,
        format!("the kernel's type information has a size or offset of {number} bytes"),
    )
    .help("make the profile again with `cargo klp kernel add`")
}

pub(crate) fn bad_frame_info(error: &gimli::Error) -> Diagnostic {
    Diagnostic::new(
        codes::BAD_FRAME_INFO,
        format!("the compiler's call frame information cannot be read: {error}"),
    )
    .note("without it stacks through the patch would be unreliable")
    .help("build with the klp-rustc wrapper and without `-C force-unwind-tables` of your own")
}

pub(crate) fn odd_thunk_use(function: &str, thunk: &str) -> Diagnostic {
    let message =
        format!("`{function}` uses `{thunk}` by an instruction that the kernel cannot patch");
    Diagnostic::new(codes::ODD_THUNK_USE, message)
        .note("the kernel rewrites each use of a thunk when it loads a module, and knows calls and jumps only")
        .help("if the function has inline assembly, use an ordinary call or return in it")
}

pub(crate) fn no_crc(name: &str) -> Diagnostic {
    Diagnostic::new(
        codes::NO_CRC,
        format!("the kernel profile has no CRC for the export `{name}`"),
    )
    .note("the kernel checks versions of symbols and would refuse the module")
    .help("make the profile again with `cargo klp kernel add`")
}

pub(crate) fn long_import(name: &str) -> Diagnostic {
    Diagnostic::new(
        codes::LONG_IMPORT,
        format!("the name of the import `{name}` is too long for `__versions`"),
    )
    .help("reach it through a `#[kernel]` block with `sympos = 1`")
}

pub(crate) fn unwritable(error: &dyn std::error::Error) -> Diagnostic {
    Diagnostic::new(
        codes::UNWRITABLE,
        format!("the module cannot be written: {error}"),
    )
    .help("this is a bug in klp: please report it")
}
