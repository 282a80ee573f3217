// SPDX-License-Identifier: GPL-2.0-only
//! Every message of the macros, by name. `klp-types` has those about the kernel's types.
//!
//! A message says what is wrong or missing, why, and what to write instead. Its code comes first,
//! because `compile_error!` has no other place for it.

use klp_codes::{Code, codes};
use klp_types::{FolderError, LayoutError};
use std::fmt::{self, Display};

/// The text of an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message(String);

impl Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn message(code: Code, text: impl Display) -> Message {
    Message(format!("[{code}] {text}"))
}

/// Whether `text` is one of these messages.
pub fn is_coded(text: &str) -> bool {
    let code = text.strip_prefix('[').and_then(|rest| rest.get(..6));
    code.is_some_and(|code| Code::named(code).is_some())
}

pub fn no_types(error: &FolderError) -> Message {
    message(error.code(), error)
}

pub fn no_such_type(error: &LayoutError) -> Message {
    message(error.code(), error)
}

/// `form` is how arguments are written there.
pub fn syntax(error: &str, form: &str) -> Message {
    message(
        codes::ARGUMENT_SYNTAX,
        format!("{error}: arguments are written {form}"),
    )
}

/// What the parser of arguments says of one that it does not know, or knows already, in klp's words.
pub fn unknown_argument(error: &str) -> Message {
    let unknown = error.strip_prefix("Unknown field: ");
    let twice = error.strip_prefix("Duplicate field ");
    let text = match (unknown, twice) {
        (Some(rest), _) => format!(
            "there is no argument {}",
            rest.replace(". Did you mean", "; did you mean")
                .replace(". Available values:", "; there are")
        ),
        (_, Some(name)) => format!("{name} is given twice: leave one out"),
        _ => error.to_owned(),
    };
    message(codes::UNKNOWN_ARGUMENT, text)
}

/// A value of another kind than `expected`.
pub fn value(expected: &str) -> Message {
    value_message(format!("expected {expected}"))
}

/// No value, where `expected` is one.
pub fn no_value(expected: &str) -> Message {
    value_message(format!("a value is missing: write `=` and {expected}"))
}

fn value_message(text: String) -> Message {
    message(codes::ARGUMENT_VALUE, text)
}

/// `wanted` is what the attribute goes on.
pub fn wrong_item(attribute: &str, wanted: &str) -> Message {
    message(codes::WRONG_ITEM, format!("`{attribute}` goes on {wanted}"))
}

pub fn no_object(attribute: &str) -> Message {
    let text = format!(
        "which object? write `object = \"vmlinux\"`, or a module's name, in `{attribute}(…)]`"
    );
    message(codes::NO_OBJECT, text)
}

/// `why` is for `check::names` to say, and what to write instead.
pub fn object_name(why: String) -> Message {
    message(codes::OBJECT_NAME, why)
}

/// As [`object_name`], of a symbol.
pub fn symbol_name(why: String) -> Message {
    message(codes::SYMBOL_NAME, why)
}

/// As [`object_name`], of a module parameter.
pub fn param_name(why: String) -> Message {
    message(codes::PARAM_NAME, why)
}

pub fn number_range(bits: u32) -> Message {
    let text = format!("expected a number from 0, of at most {bits} bits");
    message(codes::NUMBER_RANGE, text)
}

pub fn no_reason() -> Message {
    let text = "give the reason: whoever reviews the patch will ask for it";
    message(codes::NO_REASON, text)
}

/// `why` says who calls the function, `what` to do.
pub fn not_callable(why: &str, what: &str) -> Message {
    message(codes::NOT_CALLABLE, format!("{why}: {what}"))
}

pub fn export_arguments() -> Message {
    let text = "`#[export]` has no arguments: the function's name is the symbol's, and only \
                GPL-compatible modules may use it; write `#[export]`";
    message(codes::EXPORT_ARGUMENTS, text)
}

pub fn kernel_block() -> Message {
    let text = "the kernel's symbols are C's, and declaring them is a promise: write `unsafe extern \"C\" { … }`";
    message(codes::KERNEL_BLOCK, text)
}

pub fn kernel_item(text: &str) -> Message {
    message(codes::KERNEL_ITEM, text)
}

/// `usual` is the signature to write.
pub fn callback_signature(what: &str, usual: &str) -> Message {
    message(
        codes::CALLBACK_SIGNATURE,
        format!("{what}: write `{usual}`"),
    )
}

pub fn no_undo(attribute: &str, undone_by: &str, function: &dyn Display) -> Message {
    let text = format!(
        "what undoes `{function}` when the patch is disabled? write `undo = f` in `{attribute}`, where `f` is a function with `{undone_by}` for the same object, or `no_undo = \"reason\"`"
    );
    message(codes::NO_UNDO, text)
}

pub fn misplaced_undo(text: &str) -> Message {
    message(codes::MISPLACED_UNDO, text)
}

pub fn no_license() -> Message {
    let text = "under which license? write `license: \"GPL\"`: the kernel lets only GPL-compatible modules patch it";
    message(codes::NO_LICENSE, text)
}

pub fn unknown_license(license: &str, known: &str) -> Message {
    let text = format!(
        "the kernel does not know the license `{license}` and would treat the patch as proprietary: write one of {known}"
    );
    message(codes::UNKNOWN_LICENSE, text)
}

pub fn nul_in_modinfo() -> Message {
    let text = "modinfo ends at the first NUL: leave it out";
    message(codes::NUL_IN_MODINFO, text)
}

pub fn no_init_or_exit(text: &str) -> Message {
    message(codes::NO_INIT_OR_EXIT, text)
}

pub fn no_param_mode() -> Message {
    let text =
        "who may see and set it? write `#[param(mode = 0o644)]`, or `mode = 0` for load time only";
    message(codes::NO_PARAM_MODE, text)
}

pub fn param_mode(mode: u64, wrong: &str) -> Message {
    let text =
        format!("mode {mode:#05o} {wrong}: write 0o644, 0o600, 0o444, 0o400 or 0 for no file");
    message(codes::PARAM_MODE, text)
}

/// `why` says who keeps the value.
pub fn mutable_static(why: &str) -> Message {
    message(codes::MUTABLE_STATIC, format!("{why}: leave out `mut`"))
}

/// `example` is the declaration to write.
pub fn handle_declaration(why: &str, example: &str) -> Message {
    let text = format!("{why}: write `{example}`");
    message(codes::HANDLE_DECLARATION, text)
}

pub fn shadow_types() -> Message {
    let text = "a shadow variable belongs to a structure: write `Shadow<PARENT, VALUE>`";
    message(codes::SHADOW_TYPES, text)
}

pub fn shadow_name(text: &str) -> Message {
    message(codes::SHADOW_NAME, text)
}

pub fn no_state_id() -> Message {
    let text = "which state? write `id = N`, by which other patches know it too";
    message(codes::NO_STATE_ID, text)
}

pub fn no_state_version() -> Message {
    let text = "which version of it? write `version = N`, which grows with what patches do to the state: the kernel refuses to go back";
    message(codes::NO_STATE_VERSION, text)
}

pub fn state_id_zero() -> Message {
    let text = "0 ends the kernel's table of states: count from 1";
    message(codes::STATE_ID_ZERO, text)
}

/// `difference` says what the kernel has, and `in_c` is the whole prototype, if it is of one.
pub fn type_differs(difference: &str, in_c: Option<&str>) -> Message {
    let in_c = in_c.map_or(String::new(), |in_c| format!(": `{in_c}`"));
    message(codes::TYPE_DIFFERS, format!("{difference}{in_c}"))
}

pub fn parameter_count(function: &str, [c, rust]: [usize; 2], kernel: &str, in_c: &str) -> Message {
    let plural = if c == 1 { "" } else { "s" };
    let text = format!(
        "`{function}` takes {c} parameter{plural} in kernel {kernel}, not {rust}: `{in_c}`"
    );
    message(codes::PARAMETER_COUNT, text)
}

pub fn variadic(is: &str, next: &str, kernel: &str, in_c: &str) -> Message {
    let text = format!("it is {is} in kernel {kernel}, so {next} `...`: `{in_c}`");
    message(codes::VARIADIC, text)
}

pub fn types_syntax(text: &str) -> Message {
    message(codes::TYPES_SYNTAX, text)
}

pub fn struct_or_union(name: &str, keyword: &str) -> Message {
    let text = format!("`{name}` is a {keyword}: write `{keyword} {name}`");
    message(codes::STRUCT_OR_UNION, text)
}
