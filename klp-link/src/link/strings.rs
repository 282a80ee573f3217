// SPDX-License-Identifier: GPL-2.0-only
//! NUL-terminated strings that the link step adds, each once.

use std::collections::BTreeMap;

use object::build::elf::{SectionId, SymbolId};
use object::elf;

use super::image::{Chunk, Image};

/// The strings, in a section of their own.
pub(crate) struct Strings {
    section: SectionId,
    offsets: BTreeMap<String, u64>,
}

impl Strings {
    /// Adds the (still empty) section `name`.
    pub(crate) fn new(image: &mut Image<'_>, name: &str) -> Self {
        Self {
            section: image.add_section(name, elf::SHF_ALLOC, 1, Chunk::default()),
            offsets: BTreeMap::new(),
        }
    }

    /// Symbol and addend that point to `text`.
    pub(crate) fn pointer(&mut self, image: &mut Image<'_>, text: &str) -> (SymbolId, u64) {
        let symbol = image.section_symbol(self.section);
        if let Some(&offset) = self.offsets.get(text) {
            return (symbol, offset);
        }
        let offset = image.size(self.section);
        if let Some(bytes) = image.bytes_mut(self.section) {
            bytes.extend(text.bytes());
            bytes.push(0);
        }
        self.offsets.insert(text.to_owned(), offset);
        (symbol, offset)
    }
}
