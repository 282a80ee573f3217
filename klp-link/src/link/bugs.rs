// SPDX-License-Identifier: GPL-2.0-only
//! `__bug_table`: panics as the kernel's BUG, with file and line and no code for either.
//!
//! The compiler turns every panic into a bare `ud2`. Each is listed with its place in the author's
//! source, so that the kernel says `kernel BUG at src/main.rs:12!` (`lib/bug.c`).

use std::ops::Range;

use iced_x86::{Code, Decoder, DecoderOptions};
use object::build::elf::SectionId;
use object::elf;

use super::diagnostic::Diagnostic;
use super::image::{Chunk, Image};
use super::layout::Layouts;
use super::source::Source;
use super::strings::Strings;

/// Adds `__bug_table` for every `ud2` in `text`.
pub(crate) fn add(
    image: &mut Image<'_>,
    text: SectionId,
    layouts: &Layouts,
    source: &Source<'_>,
    strings: &mut Strings,
) -> Result<(), Diagnostic> {
    let bugs = undefined_instructions(image, text);
    if bugs.is_empty() {
        return Ok(());
    }
    let size = layouts.size("bug_entry")?;
    let offset = |member| layouts.offset("bug_entry", member);
    let (address, file, line) = (
        offset("bug_addr_disp")?,
        offset("file_disp")?,
        offset("line")?,
    );
    let mut table = Chunk::zeroed(bugs.len() * size);
    let text_symbol = image.section_symbol(text);
    for (index, &bug) in bugs.iter().enumerate() {
        let entry = index * size;
        let place = source.place(bug);
        let name = place.as_ref().map_or("?", |place| &place.file);
        let number = place
            .as_ref()
            .and_then(|place| u16::try_from(place.line).ok());
        let (names, start) = strings.pointer(image, name);
        table.put_distance(entry + address, text_symbol, bug);
        table.put_distance(entry + file, names, start);
        table.put(entry + line, &number.unwrap_or(0).to_le_bytes());
    }
    image.add_section("__bug_table", elf::SHF_ALLOC | elf::SHF_WRITE, 4, table);
    Ok(())
}

/// Addresses of all `ud2` instructions, decoding function by function.
fn undefined_instructions(image: &Image<'_>, text: SectionId) -> Vec<u64> {
    let functions = image.functions(text).into_iter();
    let mut extents: Vec<_> = functions.map(|function| image.extent(function)).collect();
    // Functions of the same code are one.
    extents.dedup();
    extents
        .into_iter()
        .flat_map(|Range { start, end }| {
            let code = image.bytes(text).get(start as usize..end as usize);
            Decoder::with_ip(64, code.unwrap_or(&[]), start, DecoderOptions::NONE)
                .into_iter()
                .filter(|instruction| instruction.code() == Code::Ud2)
                .map(|instruction| instruction.ip())
                .collect::<Vec<_>>()
        })
        .collect()
}
