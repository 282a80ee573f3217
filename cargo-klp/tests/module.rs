// SPDX-License-Identifier: GPL-2.0-only
//! The form of built modules: what the kernel's documents, its module loader and the tools that
//! read modules ask for.
//!
//! `KLP_TEST_SYMVERS` names the `Module.symvers` of the default kernel of `KLP_TEST_HOME`.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod scratch;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use klp_link::link::{self, Core, Input};
use klp_link::profile::Profile;
use scratch::Example;
use scratch::elf::{Elf, Section};
use scratch::examples::build;

const PATCHES: [&str; 4] = [
    "cmdline",
    "livepatch_callbacks_demo",
    "meminfo",
    "module_func",
];

/// `include/uapi/linux/elf.h`.
const SHF_RELA_LIVEPATCH: u64 = 0x0010_0000;
const SHF_ALLOC: u64 = 2;
const SHF_INFO_LINK: u64 = 0x40;
const SHN_LIVEPATCH: u16 = 0xff20;

/// `R_X86_64_64`, `_PC32`, `_PLT32`, `_32`, `_32S`, `_PC64`: what `apply_relocate_add` knows
/// (`arch/x86/kernel/module.c`).
const RELOCATIONS: [u32; 6] = [1, 2, 4, 10, 11, 24];

fn module(patch: &str) -> Elf {
    Elf::read(&fs::read(Example::new(patch).ko).unwrap())
}

fn tool(program: &str, arguments: &[&str], file: &Path) -> String {
    let output = Command::new(program)
        .args(arguments)
        .arg(file)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && said.is_empty(),
        "{program}: {said}"
    );
    String::from_utf8(output.stdout).unwrap()
}

/// `Documentation/livepatch/module-elf-format.rst`.
#[test]
#[ignore = "needs a kernel profile: run by cargo xtask test"]
fn livepatch_symbols_and_relocations() {
    let mut names = BTreeSet::new();
    for patch in PATCHES {
        let elf = module(patch);
        for symbol in &elf.symbols {
            let livepatch = symbol.section == SHN_LIVEPATCH;
            assert_eq!(
                livepatch,
                symbol.name.starts_with(".klp.sym."),
                "{symbol:?}"
            );
        }
        for section in &elf.sections {
            let livepatch = section.flags & SHF_RELA_LIVEPATCH != 0;
            assert_eq!(
                livepatch,
                section.name.starts_with(".klp.rela."),
                "{}",
                section.name
            );
            relocations(&elf, section, livepatch);
            names.extend(livepatch.then(|| section.name.clone()));
        }
    }
    assert!(names.contains(".klp.rela.vmlinux..text"), "{names:?}");
}

/// A relocation section names its target, has known types only, and livepatch's own only where
/// livepatch applies them.
fn relocations(elf: &Elf, section: &Section, livepatch: bool) {
    if section.relocations.is_empty() {
        return;
    }
    let target = &elf.sections[section.info as usize].name;
    assert_eq!(elf.sections[section.link as usize].name, ".symtab");
    let object = match section.name.strip_prefix(".klp.rela.") {
        Some(rest) => {
            assert_eq!(
                section.flags,
                SHF_ALLOC | SHF_RELA_LIVEPATCH | SHF_INFO_LINK
            );
            let object = rest.strip_suffix(target.as_str()).unwrap();
            Some(format!(".klp.sym.{object}"))
        }
        None => {
            assert_eq!(section.name, format!(".rela{target}"));
            None
        }
    };
    for relocation in &section.relocations {
        assert!(
            RELOCATIONS.contains(&relocation.kind),
            "{relocation:?} of {target}"
        );
        let symbol = &elf.symbols[relocation.symbol];
        assert_eq!(symbol.section == SHN_LIVEPATCH, livepatch, "{symbol:?}");
        if let Some(object) = &object {
            assert!(
                symbol.name.starts_with(object.as_str()),
                "{symbol:?} in {}",
                section.name
            );
        }
    }
}

/// Names and CRCs in `__versions`.
fn versions(elf: &Elf) -> BTreeMap<String, u64> {
    let (entries, rest) = elf.section("__versions").unwrap().data.as_chunks::<64>();
    assert!(rest.is_empty());
    let entry = |entry: &[u8; 64]| {
        let (crc, name) = entry.split_first_chunk::<8>().unwrap();
        let name = name.split(|&byte| byte == 0).next().unwrap();
        let name = String::from_utf8(name.to_vec()).unwrap();
        (name, u64::from_le_bytes(*crc))
    };
    entries.iter().map(entry).collect()
}

#[test]
#[ignore = "needs a kernel profile and Module.symvers: run by cargo xtask test"]
fn versions_are_those_of_the_kernel() {
    let symvers = fs::read_to_string(scratch::variable("KLP_TEST_SYMVERS")).unwrap();
    let symvers: BTreeMap<&str, &str> = symvers
        .lines()
        .map(|line| {
            let mut fields = line.split('\t');
            let crc = fields.next().unwrap();
            (fields.next().unwrap(), crc)
        })
        .collect();
    for patch in PATCHES {
        let elf = module(patch);
        let versions = versions(&elf);
        for (name, crc) in &versions {
            let expected = symvers.get(name.as_str()).copied();
            assert_eq!(Some(format!("{crc:#010x}").as_str()), expected, "{name}");
        }
        let mut wanted: BTreeSet<_> = elf.undefined().into_iter().collect();
        wanted.insert("module_layout");
        let versioned: BTreeSet<_> = versions.keys().map(String::as_str).collect();
        assert_eq!(versioned, wanted, "{patch}");
        println!("{patch}: {} versions", versions.len());
    }
}

#[test]
#[ignore = "needs a kernel profile: run by cargo xtask test"]
fn tools_can_read_modules() {
    let home = scratch::variable("KLP_TEST_HOME").join("kernels");
    let release = fs::read_to_string(home.join("default")).unwrap();
    for patch in PATCHES {
        let Example { ko, debug, .. } = Example::new(patch);
        let info = |field: &str| tool("modinfo", &["-F", field], &ko);
        assert_eq!(info("name").trim(), patch);
        assert_eq!(info("license").trim(), "GPL");
        assert_eq!(info("livepatch").trim(), "Y");
        assert_eq!(info("depends").trim(), "");
        assert!(info("vermagic").starts_with(&format!("{} ", release.trim())));
        for file in [&ko, &debug] {
            // readelf warns of each header, symbol or relocation that makes no sense.
            tool("readelf", &["--all", "--wide"], file);
        }
    }
    let ko = Example::new("livepatch_callbacks_demo").ko;
    let parameters = tool("modinfo", &["-F", "parmtype"], &ko);
    assert_eq!(parameters.trim(), "pre_patch_ret:int");
}

/// A patch that prints nothing carries no code that formats, though it may panic.
#[test]
#[ignore = "needs a kernel profile: run by cargo xtask test"]
fn modules_are_small() {
    for (patch, limit, formats) in [("cmdline", 8_000, false), ("meminfo", 20_000, true)] {
        let size = fs::metadata(Example::new(patch).ko).unwrap().len();
        assert!(size < limit, "{patch}: {size} bytes");
        let elf = module(patch);
        let mut code = elf.symbols.iter().filter(|symbol| symbol.size > 0);
        let found = code.any(|symbol| symbol.name.contains("4core3fmt"));
        assert_eq!(found, formats, "{patch}");
    }
}

#[test]
#[ignore = "needs a kernel profile: run by cargo xtask test"]
fn two_builds_make_the_same_bytes() {
    let again = build("examples-again");
    for patch in PATCHES {
        let (first, second) = (Example::new(patch), Example::built_in(&again, patch));
        for (first, second) in [(first.ko, second.ko), (first.debug, second.debug)] {
            assert_eq!(
                fs::read(first).unwrap(),
                fs::read(&second).unwrap(),
                "{second:?}"
            );
        }
    }
}

/// The debugger's file is the module, with debug info.
#[test]
#[ignore = "needs a kernel profile: run by cargo xtask test"]
fn debug_info_is_in_a_file_of_its_own() {
    for patch in PATCHES {
        let debug = Elf::read(&fs::read(Example::new(patch).debug).unwrap());
        let module = module(patch);
        let is_debug = |section: &&Section| section.name.starts_with(".debug_");
        assert_eq!(module.sections.iter().filter(is_debug).count(), 0);
        let line = debug.section(".debug_line").unwrap();
        assert!(!line.data.is_empty() && debug.section(".debug_info").is_some());
        let loaded = |elf: &Elf| -> Vec<_> {
            let loaded = elf.sections.iter().filter(|s| s.flags & SHF_ALLOC != 0);
            loaded
                .filter(|section| section.relocations.is_empty())
                .map(|section| (section.name.clone(), section.data.clone()))
                .collect()
        };
        assert_eq!(loaded(&module), loaded(&debug), "{patch}");
    }
}

#[test]
#[ignore = "needs a kernel profile: run by cargo xtask test"]
fn build_ids_differ_where_contents_do() {
    let home = scratch::variable("KLP_TEST_HOME").join("kernels");
    let release = fs::read_to_string(home.join("default")).unwrap();
    let profile = Profile::open(&home.join(release.trim()).join("profile")).unwrap();
    let object = fs::read(Example::new("cmdline").joined).unwrap();
    let id = |module| {
        let input = Input {
            object: &object,
            module,
            core: Core::Builtin,
            source_root: "/",
        };
        let linked = link::link(input, &profile).unwrap_or_else(|_| panic!("does not link"));
        let note = |file| {
            Elf::read(file)
                .section(".note.gnu.build-id")
                .unwrap()
                .data
                .clone()
        };
        assert_eq!(note(&linked.module), note(&linked.debug));
        note(&linked.module)
    };
    let (one, two) = (id("one"), id("two"));
    assert_eq!(one[..16], two[..16], "the note's header");
    assert_ne!(one[16..], two[16..]);
    assert_eq!(one, id("one"));
}
