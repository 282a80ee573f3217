// SPDX-License-Identifier: GPL-2.0-only
//! A module's symbols as kallsyms keeps them: `is_core_symbol()` and `elf_type()` in
//! kernel/module/kallsyms.c, plus the init symbols, marked as such.

use std::collections::HashSet;

use object::{
    Object as _, ObjectSection as _, ObjectSymbol as _, SectionFlags, SymbolFlags, SymbolKind,
    SymbolSection, elf,
};

use super::traced::Traced;
use super::{Elf, broken};
use crate::profile::data::{NO_SECTION, NOT_TRACED, NameRef, SymbolRecord};
use crate::profile::error::BuildError;
use crate::profile::exports::RawExport;
use crate::profile::facts::SectionKind;
use crate::profile::strings::Strings;

/// What matters of a section.
struct Place {
    alloc: bool,
    executable: bool,
    writable: bool,
    zeroed: bool,
    init: bool,
    percpu: bool,
}

/// All symbols in symbol table order.
pub(super) fn read(
    elf: &Elf<'_>,
    module: &str,
    exports: &[RawExport],
    strings: &mut Strings,
) -> Result<Vec<SymbolRecord>, BuildError> {
    let exported: HashSet<&str> = exports
        .iter()
        .filter(|export| export.main_table)
        .map(|export| export.name.as_str())
        .collect();
    let traced = Traced::read(elf);
    let places = places(elf, module)?;
    let mut file = NameRef::default();
    let mut symbols = Vec::new();
    for symbol in elf.symbols() {
        let name = symbol.name().map_err(|error| broken(module, &error))?;
        if symbol.kind() == SymbolKind::File {
            file = strings.add(module, name)?;
        }
        let SymbolSection::Section(section) = symbol.section() else {
            continue;
        };
        let Some(place) = places.get(section.0).and_then(Option::as_ref) else {
            continue;
        };
        if !place.alloc || name.is_empty() || symbol.kind() == SymbolKind::Section {
            continue;
        }
        let code = place.executable;
        symbols.push(SymbolRecord {
            address: symbol.address(),
            size: symbol.size(),
            name: strings.add(module, name)?,
            file: if symbol.is_local() {
                file
            } else {
                NameRef::default()
            },
            sympos: 0,
            section: u16::try_from(section.0).unwrap_or(NO_SECTION),
            kind: kind(&symbol.flags(), place, exported.contains(name)),
            section_kind: section_kind(place) as u8,
            ftrace: if code {
                traced.distance(elf, section.0, symbol.address())
            } else {
                NOT_TRACED
            },
            init: place.init,
        });
    }
    Ok(symbols)
}

/// Sections by ELF section index.
fn places(elf: &Elf<'_>, module: &str) -> Result<Vec<Option<Place>>, BuildError> {
    let mut places = Vec::new();
    for section in elf.sections() {
        places.resize_with(section.index().0, || None);
        let name = section.name().map_err(|error| broken(module, &error))?;
        let SectionFlags::Elf { sh_flags, sh_type } = section.flags() else {
            continue;
        };
        let has = |flag| sh_flags.contains(flag);
        // layout_symtab() makes only .modinfo and __versions non-allocated before it looks.
        let dropped = matches!(name, ".modinfo" | "__versions");
        places.push(Some(Place {
            alloc: has(elf::SHF_ALLOC) && !dropped,
            executable: has(elf::SHF_EXECINSTR),
            writable: has(elf::SHF_WRITE),
            zeroed: sh_type == elf::SHT_NOBITS,
            init: name.starts_with(".init"),
            percpu: name == ".data..percpu",
        }));
    }
    Ok(places)
}

/// The type letter; upper case for exports, as `/proc/kallsyms` shows it (`is_exported()`).
fn kind(
    flags: &SymbolFlags<object::SectionIndex, object::SymbolIndex>,
    place: &Place,
    exported: bool,
) -> u8 {
    let (bind, of) = match flags {
        SymbolFlags::Elf { st_info, .. } => (st_info.st_bind(), st_info.st_type()),
        _ => return b'?',
    };
    let letter = match of {
        elf::STT_OBJECT if bind == elf::STB_WEAK => b'v',
        _ if bind == elf::STB_WEAK => b'w',
        _ if place.percpu => b'a',
        _ if place.executable => b't',
        _ if place.zeroed => b'b',
        _ if place.writable => b'd',
        _ => b'r',
    };
    if exported {
        letter.to_ascii_uppercase()
    } else {
        letter
    }
}

fn section_kind(place: &Place) -> SectionKind {
    match place {
        Place { percpu: true, .. } => SectionKind::Percpu,
        Place {
            executable: true,
            init: true,
            ..
        } => SectionKind::InitText,
        Place {
            executable: true, ..
        } => SectionKind::Text,
        Place { init: true, .. } => SectionKind::InitData,
        Place { zeroed: true, .. } => SectionKind::Bss,
        Place { writable: true, .. } => SectionKind::Data,
        _ => SectionKind::Rodata,
    }
}
