// SPDX-License-Identifier: GPL-2.0-only
//! Which line of the author's source a piece of code comes from, by the object's debug info.
//!
//! The linker drops code that nothing reaches, but not its debug info, and leaves 0 where that had
//! an address. So that dropped code does not claim the lines of what is there, `.text` is taken to
//! start at [`TEXT`].

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use addr2line::Context;
use gimli::{EndianSlice, LittleEndian, RelocateReader};
use object::{Object, ObjectSection, ObjectSymbol, RelocationTarget, SectionIndex};

use super::diagnostic::Place;

/// The address that the line tables have for the start of `.text`: behind all dropped code.
const TEXT: u64 = 1 << 40;

/// The object's debug info.
pub(crate) struct Source<'s> {
    dwarf: Option<Arc<gimli::Dwarf<Reader<'s>>>>,
    lines: Option<Context<Reader<'s>>>,
    root: &'s str,
}

/// The debug sections' bytes and the relocations to apply to them.
pub(crate) struct DebugSections<'a> {
    sections: Vec<(String, Cow<'a, [u8]>, Relocations)>,
    none: Relocations,
}

pub(super) type Reader<'s> = RelocateReader<EndianSlice<'s, LittleEndian>, &'s Relocations>;

/// One debug section's relocations: the value at each relocated offset.
#[derive(Debug, Default)]
pub(crate) struct Relocations(BTreeMap<usize, u64>);

impl gimli::Relocate for &Relocations {
    fn relocate_address(&self, offset: usize, value: u64) -> gimli::Result<u64> {
        Ok(self.0.get(&offset).copied().unwrap_or(value))
    }

    fn relocate_offset(&self, offset: usize, value: usize) -> gimli::Result<usize> {
        gimli::ReaderOffset::from_u64(self.relocate_address(offset, value as u64)?)
    }
}

impl Relocations {
    fn read<'a>(file: &object::File<'a>, section: &object::Section<'a, '_>) -> Self {
        let text = file.section_by_name(".text").map(|section| section.index());
        let values = section.relocations().filter_map(|(offset, relocation)| {
            let RelocationTarget::Symbol(symbol) = relocation.target() else {
                return None;
            };
            let symbol = file.symbol_by_index(symbol).ok()?;
            let value = base(text, symbol.section_index()).wrapping_add(symbol.address());
            let value = value.wrapping_add_signed(relocation.addend());
            Some((usize::try_from(offset).ok()?, value))
        });
        Self(values.collect())
    }
}

fn base(text: Option<SectionIndex>, section: Option<SectionIndex>) -> u64 {
    if section.is_some() && section == text {
        TEXT
    } else {
        0
    }
}

impl<'a> DebugSections<'a> {
    /// The debug sections of an object; empty when it cannot be parsed.
    pub(crate) fn read(bytes: &'a [u8]) -> Self {
        let sections = object::File::parse(bytes)
            .map(|file| {
                file.sections()
                    .filter_map(|section| Self::section(&file, &section))
                    .collect()
            })
            .unwrap_or_default();
        Self {
            sections,
            none: Relocations::default(),
        }
    }

    fn section(
        file: &object::File<'a>,
        section: &object::Section<'a, '_>,
    ) -> Option<(String, Cow<'a, [u8]>, Relocations)> {
        let name = section
            .name()
            .ok()
            .filter(|name| name.starts_with(".debug_"))?;
        let data = section.uncompressed_data().ok()?;
        Some((name.to_owned(), data, Relocations::read(file, section)))
    }
}

impl<'s> Source<'s> {
    /// What `debug` has; paths below `root` are shown relative to it.
    pub(crate) fn new(debug: &'s DebugSections<'_>, root: &'s str) -> Self {
        let load = |id: gimli::SectionId| -> Result<Reader<'s>, gimli::Error> {
            let found = debug.sections.iter().find(|(name, ..)| name == id.name());
            let (bytes, relocations) = match found {
                Some((_, bytes, relocations)) => (bytes.as_ref(), relocations),
                None => (&[][..], &debug.none),
            };
            Ok(RelocateReader::new(
                EndianSlice::new(bytes, LittleEndian),
                relocations,
            ))
        };
        let dwarf = gimli::Dwarf::load(load).map(Arc::new).ok();
        let lines = dwarf.clone().map(Context::from_arc_dwarf);
        Self {
            lines: lines.and_then(Result::ok),
            dwarf,
            root,
        }
    }

    /// All of it.
    pub(super) fn dwarf(&self) -> Option<&gimli::Dwarf<Reader<'s>>> {
        self.dwarf.as_deref()
    }

    /// The author's line behind the code at `address` of `.text`.
    ///
    /// Of inlined calls, the innermost in the author's sources counts: code of klp and of the
    /// standard library is nothing that the author can change.
    pub(crate) fn place(&self, address: u64) -> Option<Place> {
        let address = TEXT.checked_add(address)?;
        let mut frames = self
            .lines
            .as_ref()?
            .find_frames(address)
            .skip_all_loads()
            .ok()?;
        let mut innermost = None;
        while let Ok(Some(frame)) = frames.next() {
            let Some(place) = frame.location.and_then(|location| self.located(&location)) else {
                continue;
            };
            if !place.file.starts_with('/') {
                return Some(place);
            }
            innermost.get_or_insert(place);
        }
        innermost
    }

    fn located(&self, location: &addr2line::Location<'_>) -> Option<Place> {
        Some(Place {
            file: self.relative(location.file?).to_owned(),
            line: location.line?,
            column: location.column.unwrap_or(0),
        })
    }

    /// A path as it is shown.
    pub(super) fn relative<'f>(&self, file: &'f str) -> &'f str {
        let below = file
            .strip_prefix(self.root)
            .and_then(|rest| rest.strip_prefix('/'));
        below.unwrap_or(file)
    }
}
