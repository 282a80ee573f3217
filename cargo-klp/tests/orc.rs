// SPDX-License-Identifier: GPL-2.0-only
//! The kernel's objtool as oracle: unwind data and mitigation lists of real patches, theirs against
//! ours, for the same code.
//!
//! `KLP_TEST_OBJTOOL` names the objtool of kernel 6.1, whose `struct orc_entry` is read here.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod scratch;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use iced_x86::{Decoder, DecoderOptions, InstructionInfoFactory, Mnemonic, Register};
use object::{
    Object, ObjectSection, ObjectSymbol, RelocationFlags, RelocationTarget, SymbolKind, elf,
};
use scratch::Example;

const PATCHES: [&str; 3] = ["cmdline", "meminfo", "livepatch_callbacks_demo"];

/// `ORC_REG_UNDEFINED`, `ORC_REG_PREV_SP`.
const UNDEFINED: u8 = 0;
const PREV_SP: u8 = 1;

const DISTANCES: [elf::RelocationType; 2] = [elf::R_X86_64_PC32, elf::R_X86_64_PLT32];

/// `struct orc_entry` of 6.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Entry {
    sp_offset: i16,
    bp_offset: i16,
    sp_reg: u8,
    bp_reg: u8,
    kind: u8,
}

/// Where in `.text` each relocation of a section points, by the relocation's offset.
fn targets(file: &object::File<'_>, section: &str) -> BTreeMap<u64, u64> {
    let Some(section) = file.section_by_name(section) else {
        return BTreeMap::new();
    };
    let target = |(offset, relocation): (u64, object::Relocation)| {
        let RelocationTarget::Symbol(symbol) = relocation.target() else {
            panic!("relocation against {:?}", relocation.target());
        };
        let symbol = file.symbol_by_index(symbol).unwrap();
        let address = symbol.address().wrapping_add_signed(relocation.addend());
        (offset, address)
    };
    section.relocations().map(target).collect()
}

fn entries(file: &object::File<'_>) -> BTreeMap<u64, Entry> {
    let unwind = file.section_by_name(".orc_unwind").unwrap();
    let (entries, rest) = unwind.data().unwrap().as_chunks::<6>();
    let ips = targets(file, ".orc_unwind_ip");
    assert_eq!((rest.len(), entries.len()), (0, ips.len()));
    let entry = |&[a, b, c, d, registers, flags]: &[u8; 6]| Entry {
        sp_offset: i16::from_le_bytes([a, b]),
        bp_offset: i16::from_le_bytes([c, d]),
        sp_reg: registers & 15,
        bp_reg: registers >> 4,
        kind: flags & 3,
    };
    ips.into_values().zip(entries.iter().map(entry)).collect()
}

/// The functions of `.text`: name and addresses.
fn functions(file: &object::File<'_>) -> Vec<(String, u64, u64)> {
    let text = file.section_by_name(".text").map(|text| text.index());
    let symbols = file.symbols().filter(|symbol| {
        symbol.kind() == SymbolKind::Text && symbol.section_index() == text && symbol.size() > 0
    });
    symbols
        .map(|symbol| {
            (
                symbol.name().unwrap().to_owned(),
                symbol.address(),
                symbol.size(),
            )
        })
        .collect()
}

/// A copy of `joined` with objtool's sections.
fn annotated(joined: &Path, folder: &Path) -> PathBuf {
    let copy = folder.join(joined.file_name().unwrap());
    fs::copy(joined, &copy).unwrap();
    let output = Command::new(scratch::variable("KLP_TEST_OBJTOOL"))
        .args(["--orc", "--rethunk", "--retpoline", "--module", "--link"])
        .arg(&copy)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && said.is_empty(),
        "objtool: {said}"
    );
    copy
}

/// How often ours and theirs agreed, and in which of the two allowed ways they did not.
#[derive(Debug, Default)]
struct Counts {
    equal: usize,
    padding: usize,
    pushed: usize,
}

/// Compares the entries in force at all instructions of a function.
fn compare(
    code: &[u8],
    start: u64,
    ours: &BTreeMap<u64, Entry>,
    theirs: &BTreeMap<u64, Entry>,
    counts: &mut Counts,
) {
    let in_force = |entries: &BTreeMap<u64, Entry>, address: u64| {
        *entries.range(..=address).next_back().unwrap().1
    };
    let mut infos = InstructionInfoFactory::new();
    let mut bp_written = false;
    for instruction in &mut Decoder::with_ip(64, code, start, DecoderOptions::NONE) {
        let address = instruction.ip();
        let (ours, theirs) = (in_force(ours, address), in_force(theirs, address));
        let padding = matches!(instruction.mnemonic(), Mnemonic::Nop | Mnemonic::Int3);
        if ours == theirs {
            counts.equal += 1;
        } else if padding && theirs.sp_reg == UNDEFINED {
            // Between two blocks of a function: never executed, so objtool never saw it.
            counts.padding += 1;
        } else {
            // The caller's %rbp is pushed, and still in the register: both are right.
            let ours_if_pushed = Entry {
                bp_reg: PREV_SP,
                bp_offset: theirs.bp_offset,
                ..ours
            };
            let below_stack = theirs.bp_offset < -theirs.sp_offset;
            assert!(
                ours.bp_reg == UNDEFINED && ours_if_pushed == theirs && !bp_written && !below_stack,
                "{address:#x} {instruction}: ours {ours:?}, objtool's {theirs:?}"
            );
            counts.pushed += 1;
        }
        let info = infos.info(&instruction);
        let writes = |register: &&iced_x86::UsedRegister| {
            use iced_x86::OpAccess::{CondRead, None, Read};
            register.register().full_register() == Register::RBP
                && !matches!(register.access(), Read | CondRead | None)
        };
        bp_written |= info
            .used_registers()
            .iter()
            .any(|register| writes(&register));
    }
}

#[test]
#[ignore = "needs objtool and a kernel profile: run by cargo xtask test"]
fn unwind_data_is_what_objtool_makes() {
    let folder = tempfile::tempdir().unwrap();
    for patch in PATCHES {
        let example = Example::new(patch);
        let ours = fs::read(&example.ko).unwrap();
        let theirs = fs::read(annotated(&example.joined, folder.path())).unwrap();
        let (ours, theirs) = (
            object::File::parse(&*ours).unwrap(),
            object::File::parse(&*theirs).unwrap(),
        );
        let text = ours.section_by_name(".text").unwrap().data().unwrap();
        let functions = functions(&theirs);
        let (our_entries, their_entries) = (entries(&ours), entries(&theirs));
        let mut counts = Counts::default();
        for (_, start, size) in &functions {
            let code = &text[*start as usize..(start + size) as usize];
            compare(code, *start, &our_entries, &their_entries, &mut counts);
        }
        println!(
            "{patch}: {} functions, {} entries of ours, {} of objtool's; instructions: {counts:?}",
            functions.len(),
            our_entries.len(),
            their_entries.len()
        );
        assert!(counts.equal > 10 * counts.padding && counts.equal > 5 * counts.pushed);
    }
}

#[test]
#[ignore = "needs objtool and a kernel profile: run by cargo xtask test"]
fn mitigation_sites_are_what_objtool_finds() {
    let folder = tempfile::tempdir().unwrap();
    for patch in PATCHES {
        let example = Example::new(patch);
        let ours = fs::read(&example.ko).unwrap();
        let theirs = fs::read(annotated(&example.joined, folder.path())).unwrap();
        let sites = |file: &[u8], list| -> BTreeSet<u64> {
            let file = object::File::parse(file).unwrap();
            targets(&file, list).into_values().collect()
        };
        for list in [".return_sites", ".retpoline_sites"] {
            let (ours, theirs) = (sites(&ours, list), sites(&theirs, list));
            assert_eq!(ours, theirs, "{list} of {patch}");
            println!("{patch}: {} {list}", ours.len());
        }
    }
}

/// Unwind data is kept as a whole, and must not keep code alive: each function that is linked is
/// one that something else refers to.
#[test]
#[ignore = "needs a kernel profile: run by cargo xtask test"]
fn nothing_is_linked_that_nothing_refers_to() {
    for patch in PATCHES {
        let bytes = fs::read(Example::new(patch).joined).unwrap();
        let file = object::File::parse(&*bytes).unwrap();
        let text = file.section_by_name(".text").unwrap();
        let mut referred = BTreeSet::new();
        let loaded = file.sections().filter(|section| {
            let name = section.name().unwrap();
            !name.starts_with(".debug") && name != ".eh_frame"
        });
        for (_, relocation) in loaded.flat_map(|section| section.relocations()) {
            let RelocationTarget::Symbol(symbol) = relocation.target() else {
                continue;
            };
            let symbol = file.symbol_by_index(symbol).unwrap();
            if symbol.section_index() == Some(text.index()) {
                // A distance is counted from its own end, 4 bytes on.
                let distance = match relocation.flags() {
                    RelocationFlags::Elf { r_type } if DISTANCES.contains(&r_type) => 4,
                    _ => 0,
                };
                let addend = relocation.addend() + distance;
                referred.insert(symbol.address().wrapping_add_signed(addend));
            }
        }
        let roots = ["init_module", "cleanup_module"];
        for (name, start, _) in functions(&file) {
            let used = referred.contains(&start) || roots.contains(&name.as_str());
            assert!(used, "{patch}: nothing refers to {name}");
        }
        println!(
            "{patch}: {} functions, {} bytes",
            functions(&file).len(),
            text.size()
        );
    }
}
