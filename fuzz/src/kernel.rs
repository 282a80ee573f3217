// SPDX-License-Identifier: GPL-2.0-only
//! A small `vmlinux`, made of what a real kernel's profile says of some names.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use klp_link::profile::{Export, Layout, Profile, SectionKind, StructLayout, Symbol};

use crate::elf::{self, DATA, RODATA, Section, TEXT};
use crate::kallsyms::{Shape, rodata};
use crate::types;

/// What the link step asks for, whatever the patch.
const STRUCTS: [&str; 13] = [
    "bug_entry",
    "kernel_param",
    "kernel_param_ops",
    "kernel_symbol",
    "klp_callbacks",
    "klp_func",
    "klp_object",
    "klp_patch",
    "klp_state",
    "module",
    "modversion_info",
    "orc_entry",
    "task_struct",
];
const SYMBOLS: [&str; 3] = ["__x86_return_thunk", "klp_update_patch_state", "_printk"];
/// What the small kernel has of its own.
const OWN: [&str; 6] = [
    "_text",
    "_stext",
    "linux_banner",
    "vermagic",
    "__start_mcount_loc",
    "__stop_mcount_loc",
];
/// kallsyms is found only where it has some hundred names.
const FILLING: u64 = 600;
/// Where exports are.
const EXPORTS: u64 = 0xffff_ffff_8400_0000;
/// Where their names are.
const EXPORT_NAMES: u64 = 0xffff_ffff_8401_0000;
/// Where all else is.
const REST: u64 = 0xffff_ffff_8500_0000;

/// `lock btr $13, (%rdi)`.
const CLEARS_PATCH_PENDING: &[u8] = b"\xf0\x48\x0f\xba\x37\x0d";

/// The small kernel on the way.
#[derive(Default)]
struct Small {
    text: Vec<u8>,
    data: Vec<u8>,
    symbols: Vec<(u8, String, u64)>,
    /// Functions that ftrace reaches.
    traced: Vec<u64>,
}

/// The `.rodata` of that kernel with kallsyms of each shape, then the kernel with the first one.
pub struct Images {
    /// One a shape.
    pub rodata: Vec<Vec<u8>>,
    /// The ELF file.
    pub vmlinux: Vec<u8>,
}

/// Cuts the kernel down to the words in `words`.
pub fn cut(profile: &Profile, words: &BTreeSet<&str>) -> Result<Images> {
    let small = Small::new(profile, words)?;
    let shapes = [
        Shape::Early,
        Shape::EarlySeqs,
        Shape::Late,
        Shape::LateRelative,
        Shape::Place,
    ];
    let tables = shapes.map(|shape| rodata(shape, RODATA, &small.symbols));
    let btf = type_information(profile, words)?;
    let [first, ..] = &tables;
    Ok(Images {
        vmlinux: small.vmlinux(profile, words, first, &btf)?,
        rodata: tables.to_vec(),
    })
}

impl Small {
    fn new(profile: &Profile, words: &BTreeSet<&str>) -> Result<Self> {
        let vmlinux = profile.object("vmlinux").context("a profile has vmlinux")?;
        let wanted = |symbol: &Symbol<'_>| {
            let asked = words.contains(symbol.name) || SYMBOLS.contains(&symbol.name);
            asked && !OWN.contains(&symbol.name)
        };
        let is_code = |symbol: &Symbol<'_>| symbol.section == SectionKind::Text;
        let (functions, variables): (Vec<_>, Vec<_>) =
            vmlinux.symbols().filter(wanted).partition(is_code);
        let mut small = Self::default();
        small.symbols.push((b'T', "_text".to_owned(), TEXT));
        small.symbols.push((b'T', "_stext".to_owned(), TEXT));
        for function in &functions {
            small.add_function(function);
        }
        for number in 0..FILLING {
            small.add_code(b't', &format!("filling_{number}"), &[0xc3]);
        }
        small.add_strings(profile);
        for variable in &variables {
            small.add_data(variable.kind as u8, variable.name, &[0]);
        }
        Ok(small)
    }

    fn add_function(&mut self, function: &Symbol<'_>) {
        let code: &[u8] = match function.name {
            "klp_update_patch_state" => CLEARS_PATCH_PENDING,
            _ => &[0xc3],
        };
        let address = self.add_code(function.kind as u8, function.name, code);
        self.traced
            .extend(function.ftrace_location.map(|_| address));
    }

    fn add_code(&mut self, kind: u8, name: &str, code: &[u8]) -> u64 {
        let address = TEXT + self.text.len() as u64;
        self.symbols.push((kind, name.to_owned(), address));
        append(&mut self.text, code);
        address
    }

    fn add_data(&mut self, kind: u8, name: &str, bytes: &[u8]) {
        let address = DATA + self.data.len() as u64;
        self.symbols.push((kind, name.to_owned(), address));
        append(&mut self.data, bytes);
    }

    /// The kernel's strings, and the list of what ftrace reaches.
    fn add_strings(&mut self, profile: &Profile) {
        for (name, text) in [
            ("linux_banner", profile.banner()),
            ("vermagic", profile.vermagic()),
        ] {
            self.add_data(b'D', name, &[text.as_bytes(), b"\0"].concat());
        }
        let traced: Vec<_> = self
            .traced
            .iter()
            .flat_map(|place| place.to_le_bytes())
            .collect();
        self.add_data(b'D', "__start_mcount_loc", &traced);
        self.add_data(b'D', "__stop_mcount_loc", &[0]);
    }

    fn vmlinux(
        &self,
        profile: &Profile,
        words: &BTreeSet<&str>,
        rodata: &[u8],
        btf: &[u8],
    ) -> Result<Vec<u8>> {
        let named = profile.export_names().filter(|name| words.contains(name));
        let exports: Vec<_> = named.filter_map(|name| profile.export(name)).collect();
        let [table, strings, crcs] = export_tables(&exports);
        let id = profile
            .object("vmlinux")
            .and_then(|object| object.build_id());
        let notes = note(id.unwrap_or_default());
        let orc = unwind();
        let parts = [
            (".text", TEXT, &*self.text),
            (".rodata", RODATA, rodata),
            (".data", DATA, &*self.data),
            ("__ksymtab", EXPORTS, &*table),
            ("__ksymtab_strings", EXPORT_NAMES, &*strings),
            ("__kcrctab", REST, &*crcs),
            (".notes", REST + (1 << 20), &*notes),
            (".orc_unwind", REST + (2 << 20), &*orc),
            (".orc_header", REST + (3 << 20), profile.orc_header()),
            (".BTF", REST + (4 << 20), btf),
        ];
        let sections = parts.map(|(name, address, bytes)| Section {
            name,
            address,
            bytes,
        });
        elf::write(&sections)
    }
}

/// Adds bytes, up to where the next ones start.
fn append(to: &mut Vec<u8>, bytes: &[u8]) {
    to.extend_from_slice(bytes);
    to.resize(to.len().next_multiple_of(16), 0);
}

/// `__ksymtab`, its strings and `__kcrctab`.
fn export_tables(exports: &[Export<'_>]) -> [Vec<u8>; 3] {
    let (mut table, mut strings, mut crcs) = (Vec::new(), Vec::new(), Vec::new());
    for export in exports {
        // A value, the distance of the name, and no namespace.
        let name = EXPORT_NAMES + strings.len() as u64;
        let distance = name - (EXPORTS + table.len() as u64 + 4);
        let words = [0, distance as u32, 0];
        table.extend(words.iter().flat_map(|word| word.to_le_bytes()));
        strings.extend_from_slice(export.name.as_bytes());
        strings.push(0);
        crcs.extend_from_slice(&export.crc.unwrap_or(0).to_le_bytes());
    }
    [table, strings, crcs]
}

/// A build-id.
fn note(id: &[u8]) -> Vec<u8> {
    let words = [4, id.len() as u32, 3].map(u32::to_le_bytes).concat();
    [&*words, b"GNU\0", id].concat()
}

/// Unwind data in which the numbers of registers are as plain as in a real kernel's.
fn unwind() -> Vec<u8> {
    const FROM_SP: [u8; 6] = [8, 0, 0xf0, 0xff, 0x15, 0];
    const FROM_BP: [u8; 6] = [16, 0, 0xf0, 0xff, 0x14, 0];
    [FROM_SP.repeat(100), FROM_BP.repeat(20)].concat()
}

fn type_information(profile: &Profile, words: &BTreeSet<&str>) -> Result<Vec<u8>> {
    let layout = Layout::new(profile.release(), profile.btf())?;
    let names: BTreeSet<_> = layout.record_names().into_iter().collect();
    let asked = |name: &&str| words.contains(name) || STRUCTS.contains(name);
    let structs: Result<Vec<StructLayout>, _> = names
        .into_iter()
        .filter(asked)
        .map(|name| layout.of_struct(name))
        .collect();
    let asked = words.iter().filter(|word| is_constant(word));
    let enumerators = asked.filter_map(|name| {
        let value = layout.enumerator(None, name).ok()?;
        Some(((*name).to_owned(), value))
    });
    Ok(types::write(&structs?, &enumerators.collect::<Vec<_>>()))
}

/// Whether it is spelled as C's constants are.
fn is_constant(word: &str) -> bool {
    word.len() > 3
        && word
            .bytes()
            .all(|byte| byte == b'_' || byte.is_ascii_uppercase())
}
