// SPDX-License-Identifier: GPL-2.0-only
//! Where the author declares a static, by the object's debug info.

use std::path::Path;

use gimli::{AttributeValue, DW_AT_alignment, DW_AT_decl_file, DW_AT_decl_line};
use gimli::{DW_AT_linkage_name, DW_AT_name, DW_TAG_variable, Dwarf, Reader as _};

use super::diagnostic::Place;
use super::source::{Reader, Source};

type Unit<'s> = gimli::Unit<Reader<'s>>;
type Entry<'s> = gimli::DebuggingInformationEntry<Reader<'s>>;

/// A static.
pub(crate) struct Static {
    /// What its type, or the author, asks for, in bytes; 1 where that is not known.
    pub(crate) alignment: u64,
    /// Its line; there is no column in debug info.
    pub(crate) place: Option<Place>,
}

impl<'s> Source<'s> {
    /// The static whose symbol is `symbol`.
    pub(crate) fn of_static(&self, symbol: &str) -> Option<Static> {
        let dwarf = self.dwarf()?;
        let mut units = dwarf.units();
        while let Ok(Some(header)) = units.next() {
            let unit = dwarf.unit(header).ok()?;
            let mut entries = unit.entries();
            while let Ok(Some(entry)) = entries.next_dfs() {
                if is_static(dwarf, &unit, entry, symbol) {
                    return Some(self.read(dwarf, &unit, entry));
                }
            }
        }
        None
    }

    fn read(&self, dwarf: &Dwarf<Reader<'s>>, unit: &Unit<'s>, entry: &Entry<'s>) -> Static {
        let number = |name| entry.attr_value(name)?.udata_value();
        let place = || {
            Some(Place {
                file: self.relative(&file(dwarf, unit, entry)?).to_owned(),
                line: number(DW_AT_decl_line)?.try_into().ok()?,
                column: 0,
            })
        };
        Static {
            alignment: number(DW_AT_alignment).unwrap_or(1),
            place: place(),
        }
    }
}

fn is_static<'s>(
    dwarf: &Dwarf<Reader<'s>>,
    unit: &Unit<'s>,
    entry: &Entry<'s>,
    symbol: &str,
) -> bool {
    // A symbol that is not mangled is the name itself.
    let name = [DW_AT_linkage_name, DW_AT_name];
    let name = name.into_iter().find_map(|name| entry.attr_value(name));
    let name = name.and_then(|name| text(dwarf, unit, name));
    entry.tag() == DW_TAG_variable && name.is_some_and(|name| name == symbol)
}

/// The path of the file that has the declaration.
fn file<'s>(dwarf: &Dwarf<Reader<'s>>, unit: &Unit<'s>, entry: &Entry<'s>) -> Option<String> {
    let AttributeValue::FileIndex(index) = entry.attr_value(DW_AT_decl_file)? else {
        return None;
    };
    let header = unit.line_program.as_ref()?.header();
    let file = header.file(index)?;
    let compiled_in = unit.comp_dir.as_ref()?.to_string_lossy().ok()?;
    let folder = file
        .directory(header)
        .and_then(|name| text(dwarf, unit, name));
    // An absolute part takes the place of what is before it.
    let path = Path::new(compiled_in.as_ref())
        .join(folder.unwrap_or_default())
        .join(text(dwarf, unit, file.path_name())?);
    Some(path.to_string_lossy().into_owned())
}

fn text<'s>(
    dwarf: &Dwarf<Reader<'s>>,
    unit: &Unit<'s>,
    value: AttributeValue<Reader<'s>>,
) -> Option<String> {
    let text = dwarf.attr_string(unit, value).ok()?;
    Some(text.to_string_lossy().ok()?.into_owned())
}
