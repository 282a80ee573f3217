// SPDX-License-Identifier: GPL-2.0-only
//! A kernel's profile made by hand, for tests.

use super::data::{NO_SECTION, NOT_TRACED, NameRef, ObjectRecord, ProfileData, SymbolRecord};
use super::facts::{Mitigations, SectionKind};
use super::strings::Strings;
use super::{Profile, index};

/// A symbol: its name, its letter in kallsyms, whether ftrace reaches it.
pub(crate) type Symbol<'a> = (&'a str, char, bool);

/// A kernel with these symbols, in kallsyms order; `i` for a letter is a function in `.init`.
pub(crate) fn kernel(release: &str, symbols: &[Symbol<'_>], btf: Vec<u8>) -> Profile {
    let mut strings = Strings::default();
    let records = symbols.iter().map(|(name, letter, traced)| SymbolRecord {
        address: 0x1000,
        size: 16,
        name: strings.add("vmlinux", name).unwrap(),
        file: NameRef::default(),
        sympos: 0,
        section: NO_SECTION,
        kind: if *letter == 'i' { b't' } else { *letter as u8 },
        section_kind: SectionKind::Text as u8,
        ftrace: if *traced { 0 } else { NOT_TRACED },
        init: *letter == 'i',
    });
    let mut records: Vec<_> = records.collect();
    index::number_positions(&mut records, &strings, |_| true);
    let object = ObjectRecord {
        name: "vmlinux".into(),
        srcversion: None,
        build_id: None,
        sections: Vec::new(),
        by_name: index::by_name("vmlinux", &records, &strings).unwrap(),
        symbols: records,
        btf: Vec::new(),
    };
    let data = ProfileData {
        release: release.into(),
        vermagic: format!("{release} SMP "),
        banner: String::new(),
        mitigations: Mitigations::default(),
        patch_pending: None,
        orc_registers: None,
        init_ranges: Vec::new(),
        names: strings.into_blob(),
        objects: vec![object],
        exports: Vec::new(),
        btf,
        orc_header: Vec::new(),
    };
    Profile::from_bytes(&data.to_bytes().unwrap()).unwrap()
}
