// SPDX-License-Identifier: GPL-2.0-only
//! Exports of a module: symbols `__ksymtab_NAME` mark the entries, `__crc_NAME` the CRCs,
//! `__flags_NAME` the flags, `__kstrtabns_NAME` the namespaces (include/linux/export*.h).

use std::collections::HashMap;

use object::{Object as _, ObjectSection as _, ObjectSymbol as _, SymbolSection};

use super::{Elf, broken};
use crate::profile::bytes::{str_at, u8_at, u32_at};
use crate::profile::error::BuildError;
use crate::profile::exports::{FLAG_GPL_ONLY, RawExport, TABLES};

const ENTRY_PREFIX: &str = "__ksymtab_";

/// All exports, in symbol table order.
pub(super) fn read(elf: &Elf<'_>, module: &str) -> Result<Vec<RawExport>, BuildError> {
    let places = Places::read(elf, module)?;
    let mut exports = Vec::new();
    for (table, crcs, gpl) in TABLES {
        for (symbol, _) in places.of(table) {
            let Some(name) = symbol.strip_prefix(ENTRY_PREFIX) else {
                continue;
            };
            let flags = places.data(&format!("__flags_{name}"), "__kflagstab");
            let crc = places.data(&format!("__crc_{name}"), crcs);
            let namespace = places.data(&format!("__kstrtabns_{name}"), "__ksymtab_strings");
            let flagged = flags.and_then(|data| u8_at(data, 0)).unwrap_or(0) & FLAG_GPL_ONLY != 0;
            exports.push(RawExport {
                name: name.to_owned(),
                namespace: namespace
                    .and_then(|data| str_at(data, 0))
                    .unwrap_or("")
                    .to_owned(),
                crc: crc.and_then(|data| u32_at(data, 0)),
                gpl: gpl || flagged,
                main_table: !gpl,
            });
        }
    }
    Ok(exports)
}

/// The module's symbols that lie in the sections about exports.
struct Places<'a> {
    /// Section name and contents.
    sections: HashMap<&'a str, &'a [u8]>,
    /// Symbol name, section name, offset.
    symbols: Vec<(&'a str, &'a str, u64)>,
    by_name: HashMap<&'a str, usize>,
}

impl<'a> Places<'a> {
    fn read(elf: &Elf<'a>, module: &str) -> Result<Self, BuildError> {
        let mut numbers = HashMap::new();
        let mut sections = HashMap::new();
        for section in elf.sections() {
            let name = section.name().map_err(|error| broken(module, &error))?;
            if name.starts_with("__ksymtab")
                || matches!(name, "__kflagstab" | "__kcrctab" | "__kcrctab_gpl")
            {
                numbers.insert(section.index(), name);
                sections.insert(
                    name,
                    section.data().map_err(|error| broken(module, &error))?,
                );
            }
        }
        let mut symbols = Vec::new();
        for symbol in elf.symbols() {
            let SymbolSection::Section(index) = symbol.section() else {
                continue;
            };
            let Some(section) = numbers.get(&index) else {
                continue;
            };
            let name = symbol.name().map_err(|error| broken(module, &error))?;
            symbols.push((name, *section, symbol.address()));
        }
        let by_name = symbols
            .iter()
            .enumerate()
            .map(|(at, (name, ..))| (*name, at))
            .collect();
        Ok(Self {
            sections,
            symbols,
            by_name,
        })
    }

    /// Symbols in the section of this name.
    fn of(&self, table: &'a str) -> impl Iterator<Item = (&'a str, u64)> {
        let all = self.symbols.iter();
        all.filter(move |(_, section, _)| *section == table)
            .map(|(name, _, at)| (*name, *at))
    }

    /// Contents from where `symbol` points, which must be in `section`.
    fn data(&self, symbol: &str, section: &str) -> Option<&'a [u8]> {
        let (_, found, offset) = self.symbols.get(*self.by_name.get(symbol)?)?;
        let data = self.sections.get(section).filter(|_| *found == section)?;
        data.get(usize::try_from(*offset).ok()?..)
    }
}
