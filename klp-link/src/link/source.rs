// SPDX-License-Identifier: GPL-2.0-only
//! Which line of the author's source a piece of code comes from, by the object's debug info.

use std::borrow::Cow;

use addr2line::Context;
use gimli::{EndianSlice, LittleEndian, RelocateReader};
use object::read::RelocationMap;
use object::{Object, ObjectSection};

use super::diagnostic::Place;

/// The object's line tables.
pub(crate) struct Source<'s> {
    lines: Option<Context<Reader<'s>>>,
    root: &'s str,
}

/// The debug sections' bytes and the relocations to apply to them.
pub(crate) struct DebugSections<'a> {
    sections: Vec<(String, Cow<'a, [u8]>, Relocations)>,
    none: Relocations,
}

type Reader<'s> = RelocateReader<EndianSlice<'s, LittleEndian>, &'s Relocations>;

/// One debug section's relocations, as gimli wants them applied.
#[derive(Debug, Default)]
pub(crate) struct Relocations(RelocationMap);

impl gimli::Relocate for &Relocations {
    fn relocate_address(&self, offset: usize, value: u64) -> gimli::Result<u64> {
        Ok(self.0.relocate(offset as u64, value))
    }

    fn relocate_offset(&self, offset: usize, value: usize) -> gimli::Result<usize> {
        gimli::ReaderOffset::from_u64(self.0.relocate(offset as u64, value as u64))
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
        let relocations = RelocationMap::new(file, section).unwrap_or_default();
        Some((name.to_owned(), data, Relocations(relocations)))
    }
}

impl<'s> Source<'s> {
    /// The line tables in `debug`; paths below `root` are shown relative to it.
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
        let lines = gimli::Dwarf::load(load).and_then(Context::from_dwarf).ok();
        Self { lines, root }
    }

    /// The author's line behind the code at `address` of `.text`.
    ///
    /// Of inlined calls, the innermost that lies outside the standard library counts.
    pub(crate) fn place(&self, address: u64) -> Option<Place> {
        let mut frames = self
            .lines
            .as_ref()?
            .find_frames(address)
            .skip_all_loads()
            .ok()?;
        let mut innermost = None;
        while let Ok(Some(frame)) = frames.next() {
            let Some(location) = frame.location else {
                continue;
            };
            let (Some(file), Some(line)) = (location.file, location.line) else {
                continue;
            };
            let place = Place {
                file: self.relative(file).to_owned(),
                line,
                column: location.column.unwrap_or(0),
            };
            if !file.contains("/library/core/src/") {
                return Some(place);
            }
            innermost.get_or_insert(place);
        }
        innermost
    }

    fn relative<'f>(&self, file: &'f str) -> &'f str {
        let below = file
            .strip_prefix(self.root)
            .and_then(|rest| rest.strip_prefix('/'));
        below.unwrap_or(file)
    }
}
