// SPDX-License-Identifier: GPL-2.0-only
//! `.klp.rela.OBJECT.SECTION`: what livepatch relocates when the object is there.

use std::collections::BTreeMap;

use super::elf::{Elf, Home, within};
use super::error::Error;
use super::report::Relocation;
use crate::link::kernel_symbol_of;

/// What such a section's name starts with.
const PREFIX: &str = ".klp.rela.";
/// `SHF_RELA_LIVEPATCH` (`include/uapi/linux/elf.h`).
const FLAG: u64 = 0x0010_0000;
/// The most pairs of a symbol and a section.
const LIMIT: usize = 1 << 14;

/// All of them, by object, section and symbol.
pub(super) fn read(elf: &Elf<'_>) -> Result<Vec<Relocation>, Error> {
    let mut counts: BTreeMap<(&str, &str, usize), usize> = BTreeMap::new();
    for section in &elf.sections {
        for relocation in &section.relocations {
            let holder = elf.sections.get(relocation.holder);
            let Some(holder) = holder.filter(|holder| holder.flags & FLAG != 0) else {
                continue;
            };
            let object = object(holder.name)?;
            *counts
                .entry((object, section.name, relocation.symbol))
                .or_default() += 1;
            within("relocations of other objects", counts.len(), LIMIT)?;
        }
    }
    let read = counts
        .into_iter()
        .map(|((object, section, symbol), count)| {
            Ok(Relocation {
                object: object.to_owned(),
                section: section.to_owned(),
                symbol: symbol_name(elf, symbol)?,
                count,
            })
        });
    let mut relocations = read.collect::<Result<Vec<_>, Error>>()?;
    relocations.sort();
    Ok(relocations)
}

fn object(section: &str) -> Result<&str, Error> {
    let object = section
        .strip_prefix(PREFIX)
        .and_then(|rest| rest.split_once('.'));
    let (object, _) = object.ok_or_else(|| {
        let reason = format!("`{section}` is not of the form .klp.rela.OBJECT.SECTION");
        Error::table("relocations that livepatch applies", reason)
    })?;
    Ok(object)
}

fn symbol_name(elf: &Elf<'_>, index: usize) -> Result<String, Error> {
    let symbol = elf.symbols.get(index);
    let symbol = symbol.filter(|symbol| symbol.home == Home::Livepatch);
    let parts = symbol.and_then(|symbol| kernel_symbol_of(symbol.name));
    let parts = parts.ok_or_else(|| {
        let reason = "one of them is against a symbol that livepatch does not resolve";
        Error::table("relocations that livepatch applies", reason)
    })?;
    Ok(parts.symbol.to_owned())
}
