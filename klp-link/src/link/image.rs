// SPDX-License-Identifier: GPL-2.0-only
//! The relocatable object on its way to a module: lookups and additions over `object`'s builder.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

use object::build::elf::{Builder, Relocation, SectionData, SectionId, SymbolId};
use object::build::{ByteString, Id};
use object::elf;

use super::diagnostic::Diagnostic;
use super::messages;
use crate::shared;

/// What the module loader aligns a module's memory to; no section can ask for more.
pub(crate) const PAGE: u64 = 4096;

/// An ELF relocatable object that is being turned into a module.
pub(crate) struct Image<'a> {
    /// The object, as `object` models it.
    pub(crate) elf: Builder<'a>,
}

/// A new section's contents: bytes and the relocations into them.
#[derive(Default)]
pub(crate) struct Chunk {
    /// The bytes.
    pub(crate) bytes: Vec<u8>,
    /// Relocations, offsets from the start of `bytes`.
    pub(crate) relocations: Vec<Relocation>,
}

/// Where a relocated pointer points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// The section.
    pub(crate) section: SectionId,
    /// Bytes from its start.
    pub(crate) offset: u64,
}

impl Chunk {
    /// `len` zero bytes, to be filled by the `put_*` methods.
    pub(crate) fn zeroed(len: usize) -> Self {
        Self {
            bytes: vec![0; len],
            relocations: Vec::new(),
        }
    }

    /// Overwrites the bytes at `offset`; what would lie outside the chunk is dropped.
    pub(crate) fn put(&mut self, offset: usize, bytes: &[u8]) {
        let end = offset.saturating_add(bytes.len());
        if let Some(place) = self.bytes.get_mut(offset..end) {
            place.copy_from_slice(bytes);
        }
    }

    /// A 64-bit pointer to `symbol + addend` at `offset`.
    pub(crate) fn put_pointer(&mut self, offset: usize, symbol: SymbolId, addend: u64) {
        self.relocate(offset, symbol, elf::R_X86_64_64, addend.cast_signed());
    }

    /// The 32-bit distance from the field at `offset` to `symbol + addend`.
    pub(crate) fn put_distance(&mut self, offset: usize, symbol: SymbolId, addend: u64) {
        self.relocate(offset, symbol, elf::R_X86_64_PC32, addend.cast_signed());
    }

    /// The sign-extended 32-bit address of `symbol + addend` at `offset`.
    pub(crate) fn put_address(&mut self, offset: usize, symbol: SymbolId, addend: u64) {
        self.relocate(offset, symbol, elf::R_X86_64_32S, addend.cast_signed());
    }

    /// The distance at the end of a jump to `symbol`, at `offset`: it counts from behind itself.
    pub(crate) fn put_jump(&mut self, offset: usize, symbol: SymbolId) {
        self.relocate(offset, symbol, elf::R_X86_64_PLT32, -4);
    }

    /// Adds `len` zero bytes at the end; the result is where they start.
    pub(crate) fn reserve(&mut self, len: usize) -> usize {
        let start = self.bytes.len();
        self.bytes.resize(start + len, 0);
        start
    }

    fn relocate(
        &mut self,
        offset: usize,
        symbol: SymbolId,
        r_type: elf::RelocationType,
        r_addend: i64,
    ) {
        self.relocations.push(Relocation {
            r_offset: offset as u64,
            symbol: Some(symbol),
            r_type,
            r_addend,
        });
    }
}

impl<'a> Image<'a> {
    /// Reads the output of `ld -r`.
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self, Diagnostic> {
        if shared::in_file(bytes) {
            return Err(messages::unreadable_object(&shared::REASON));
        }
        let mut elf =
            Builder::read64(bytes).map_err(|error| messages::unreadable_object(&error))?;
        let relocatable = elf.header.e_type == elf::ET_REL && elf.segments.is_empty();
        if !relocatable || elf.header.e_machine != elf::EM_X86_64 {
            return Err(messages::wrong_object());
        }
        // Both mean that there is none, but `object` counts with it.
        for section in elf.sections.iter_mut() {
            section.sh_addralign = section.sh_addralign.max(1);
        }
        Ok(Self { elf })
    }

    /// The section of that name.
    pub(crate) fn section(&self, name: &str) -> Option<SectionId> {
        let named = |section: &&object::build::elf::Section<'_>| {
            !section.delete && section.name.as_slice() == name.as_bytes()
        };
        self.elf.sections.iter().find(named).map(|s| s.id())
    }

    /// A section's bytes; empty for sections without any.
    pub(crate) fn bytes(&self, section: SectionId) -> &[u8] {
        match &self.elf.sections.get(section).data {
            SectionData::Data(bytes) | SectionData::Note(bytes) => bytes.as_slice(),
            _ => &[],
        }
    }

    /// A section's bytes, for patching in place.
    pub(crate) fn bytes_mut(&mut self, section: SectionId) -> Option<&mut Vec<u8>> {
        match &mut self.elf.sections.get_mut(section).data {
            SectionData::Data(bytes) | SectionData::Note(bytes) => Some(bytes.to_mut()),
            _ => None,
        }
    }

    /// The size of a section in memory.
    pub(crate) fn size(&self, section: SectionId) -> u64 {
        match &self.elf.sections.get(section).data {
            SectionData::UninitializedData(size) => *size,
            _ => self.bytes(section).len() as u64,
        }
    }

    /// All sections that the loader keeps in memory.
    pub(crate) fn loaded_sections(&self) -> Vec<SectionId> {
        self.elf
            .sections
            .iter()
            .filter(|section| !section.delete && section.is_alloc())
            .map(|section| section.id())
            .collect()
    }

    /// The section that holds the relocations of `section`.
    pub(crate) fn relocation_section(&self, section: SectionId) -> Option<SectionId> {
        let applies = |candidate: &&object::build::elf::Section<'_>| {
            !candidate.delete
                && candidate.sh_info_section == Some(section)
                && matches!(candidate.data, SectionData::Relocation(_))
        };
        self.elf.sections.iter().find(applies).map(|s| s.id())
    }

    /// The relocations of `section`.
    pub(crate) fn relocations(&self, section: SectionId) -> &[Relocation] {
        let relocations = self
            .relocation_section(section)
            .map(|id| self.elf.sections.get(id));
        match relocations.map(|section| &section.data) {
            Some(SectionData::Relocation(relocations)) => relocations,
            _ => &[],
        }
    }

    /// The relocations of `section`, to be changed.
    pub(crate) fn relocations_mut(&mut self, section: SectionId) -> &mut [Relocation] {
        let relocations = self
            .relocation_section(section)
            .map(|id| self.elf.sections.get_mut(id));
        match relocations.map(|section| &mut section.data) {
            Some(SectionData::Relocation(relocations)) => relocations,
            _ => &mut [],
        }
    }

    /// Keeps those relocations of `section` that `keep` says, and hands the others back.
    pub(crate) fn take_relocations(
        &mut self,
        section: SectionId,
        mut take: impl FnMut(&Relocation) -> bool,
    ) -> Vec<Relocation> {
        let Some(id) = self.relocation_section(section) else {
            return Vec::new();
        };
        let SectionData::Relocation(relocations) = &mut self.elf.sections.get_mut(id).data else {
            return Vec::new();
        };
        let (taken, kept) = std::mem::take(relocations)
            .into_iter()
            .partition(|r| take(r));
        *relocations = kept;
        taken
    }

    /// Marks `section` and its relocations for deletion.
    pub(crate) fn delete(&mut self, section: SectionId) {
        if let Some(relocations) = self.relocation_section(section) {
            self.elf.sections.get_mut(relocations).delete = true;
        }
        self.elf.sections.get_mut(section).delete = true;
    }

    /// A symbol's name.
    pub(crate) fn name(&self, symbol: SymbolId) -> Cow<'_, str> {
        String::from_utf8_lossy(self.elf.symbols.get(symbol).name.as_slice())
    }

    /// A symbol's name as the author wrote it.
    pub(crate) fn demangled(&self, symbol: SymbolId) -> String {
        format!("{:#}", rustc_demangle::demangle(&self.name(symbol)))
    }

    /// A section's name.
    pub(crate) fn section_name(&self, section: SectionId) -> Cow<'_, str> {
        String::from_utf8_lossy(self.elf.sections.get(section).name.as_slice())
    }

    /// The global symbol of that name, defined or not.
    pub(crate) fn symbol(&self, name: &str) -> Option<SymbolId> {
        self.elf
            .symbols
            .iter()
            .find(|symbol| !symbol.delete && symbol.name.as_slice() == name.as_bytes())
            .map(|symbol| symbol.id())
    }

    /// Whether this object leaves `symbol` to somebody else to define.
    pub(crate) fn is_undefined(&self, symbol: SymbolId) -> bool {
        let symbol = self.elf.symbols.get(symbol);
        symbol.section.is_none() && symbol.st_shndx == elf::SHN_UNDEF
    }

    /// All symbols that somebody else must define.
    pub(crate) fn undefined_symbols(&self) -> Vec<SymbolId> {
        self.elf
            .symbols
            .iter()
            .map(|symbol| symbol.id())
            .filter(|&id| !self.elf.symbols.get(id).delete && self.is_undefined(id))
            .collect()
    }

    /// The symbols that loaded sections refer to and somebody else must define.
    pub(crate) fn wanted_symbols(&self) -> Vec<SymbolId> {
        let referred: BTreeSet<usize> = self
            .loaded_sections()
            .into_iter()
            .flat_map(|section| self.relocations(section))
            .filter_map(|relocation| Some(relocation.symbol?.index()))
            .collect();
        let mut wanted = self.undefined_symbols();
        wanted.retain(|symbol| referred.contains(&symbol.index()));
        wanted
    }

    /// Renames a symbol.
    pub(crate) fn rename(&mut self, symbol: SymbolId, name: &str) {
        self.elf.symbols.get_mut(symbol).name = ByteString::from(name.as_bytes().to_vec());
    }

    /// The undefined symbol `name`, added when the object does not refer to it yet.
    pub(crate) fn import(&mut self, name: &str) -> SymbolId {
        if let Some(symbol) = self.symbol(name) {
            return symbol;
        }
        let symbol = self.elf.symbols.add();
        symbol.name = ByteString::from(name.as_bytes().to_vec());
        symbol.set_st_info(elf::STB_GLOBAL, elf::STT_NOTYPE);
        symbol.st_shndx = elf::SHN_UNDEF;
        symbol.id()
    }

    /// Defines `name` (which may have been undefined so far) at `target`.
    pub(crate) fn define(&mut self, name: &str, target: Target, size: u64) -> SymbolId {
        let id = self.import(name);
        let symbol = self.elf.symbols.get_mut(id);
        symbol.section = Some(target.section);
        symbol.st_value = target.offset;
        symbol.st_size = size;
        symbol.set_st_info(elf::STB_GLOBAL, elf::STT_OBJECT);
        id
    }

    /// Names something that the link step adds, for those who read stacks or the file.
    pub(crate) fn define_local(
        &mut self,
        name: &str,
        target: Target,
        size: u64,
        kind: elf::SymbolType,
    ) {
        let symbol = self.elf.symbols.add();
        symbol.name = ByteString::from(name.as_bytes().to_vec());
        symbol.section = Some(target.section);
        symbol.st_value = target.offset;
        symbol.st_size = size;
        symbol.set_st_info(elf::STB_LOCAL, kind);
    }

    /// The section symbol of `section`, added when there is none.
    pub(crate) fn section_symbol(&mut self, section: SectionId) -> SymbolId {
        let existing = self.elf.symbols.iter().find(|symbol| {
            !symbol.delete
                && symbol.section == Some(section)
                && symbol.st_type() == elf::STT_SECTION
        });
        if let Some(symbol) = existing {
            return symbol.id();
        }
        let symbol = self.elf.symbols.add();
        symbol.section = Some(section);
        symbol.set_st_info(elf::STB_LOCAL, elf::STT_SECTION);
        symbol.id()
    }

    /// Adds a section of `chunk` with those flags, and a relocation section when it has any.
    pub(crate) fn add_section(
        &mut self,
        name: &str,
        flags: elf::SectionFlags,
        align: u64,
        chunk: Chunk,
    ) -> SectionId {
        let section = self.elf.sections.add();
        section.name = ByteString::from(name.as_bytes().to_vec());
        section.sh_type = elf::SHT_PROGBITS;
        section.sh_flags = flags;
        section.sh_addralign = align;
        section.data = SectionData::Data(chunk.bytes.into());
        let id = section.id();
        self.relocate(id, chunk.relocations);
        id
    }

    /// Fills a section that was added empty, such as one that points into itself.
    pub(crate) fn fill(&mut self, section: SectionId, chunk: Chunk) {
        if let Some(place) = self.bytes_mut(section) {
            *place = chunk.bytes;
        }
        self.relocate(section, chunk.relocations);
    }

    /// Adds relocations to those of `section`.
    fn relocate(&mut self, section: SectionId, new: Vec<Relocation>) {
        if new.is_empty() {
            return;
        }
        let existing = self.relocation_section(section);
        match existing.map(|id| &mut self.elf.sections.get_mut(id).data) {
            Some(SectionData::Relocation(relocations)) => relocations.extend(new),
            _ => {
                let name = format!(".rela{}", self.section_name(section));
                self.add_relocations(&name, elf::SectionFlags(0), section, new);
            }
        }
    }

    /// Adds `chunk` at the end of `section`, aligned, after bytes of `padding`; the result is where
    /// it starts.
    pub(crate) fn append(
        &mut self,
        section: SectionId,
        align: usize,
        padding: u8,
        chunk: Chunk,
    ) -> u64 {
        let start = self.bytes(section).len().next_multiple_of(align);
        if let Some(bytes) = self.bytes_mut(section) {
            bytes.resize(start, padding);
            bytes.extend(chunk.bytes);
        }
        let own = self.elf.sections.get_mut(section);
        own.sh_addralign = own.sh_addralign.max(align as u64);
        let start = start as u64;
        let moved = chunk.relocations.into_iter().map(|relocation| Relocation {
            r_offset: relocation.r_offset + start,
            ..relocation
        });
        self.relocate(section, moved.collect());
        start
    }

    /// Adds a relocation section for `target`.
    pub(crate) fn add_relocations(
        &mut self,
        name: &str,
        flags: elf::SectionFlags,
        target: SectionId,
        relocations: Vec<Relocation>,
    ) {
        let symtab = self.symbol_table();
        let section = self.elf.sections.add();
        section.name = ByteString::from(name.as_bytes().to_vec());
        section.sh_type = elf::SHT_RELA;
        section.sh_flags = flags | elf::SHF_INFO_LINK;
        section.sh_addralign = 8;
        section.sh_entsize = 24;
        section.sh_link_section = symtab;
        section.sh_info_section = Some(target);
        section.data = SectionData::Relocation(relocations);
    }

    /// The finished file.
    pub(crate) fn write(self) -> Result<Vec<u8>, Diagnostic> {
        let mut bytes = Vec::new();
        self.elf
            .write(&mut bytes)
            .map_err(|error| messages::unwritable(&error))?;
        Ok(bytes)
    }

    fn symbol_table(&self) -> Option<SectionId> {
        self.elf
            .sections
            .iter()
            .find(|section| matches!(section.data, SectionData::Symbol))
            .map(|section| section.id())
    }

    /// Where the pointer at `offset` of `section` points, by its relocation.
    pub(crate) fn pointer(&self, section: SectionId, offset: u64) -> Option<Target> {
        let relocation = self
            .relocations(section)
            .iter()
            .find(|relocation| relocation.r_offset == offset)?;
        let symbol = self.elf.symbols.get(relocation.symbol?);
        Some(Target {
            section: symbol.section?,
            offset: symbol.st_value.wrapping_add_signed(relocation.r_addend),
        })
    }

    /// All functions in `section`, by address.
    pub(crate) fn functions(&self, section: SectionId) -> Vec<SymbolId> {
        let mut functions: Vec<_> = self
            .elf
            .symbols
            .iter()
            .filter(|symbol| {
                !symbol.delete
                    && symbol.section == Some(section)
                    && symbol.st_type() == elf::STT_FUNC
            })
            .map(|symbol| (symbol.st_value, symbol.id()))
            .collect();
        functions.sort_unstable_by_key(|&(address, _)| address);
        functions.into_iter().map(|(_, symbol)| symbol).collect()
    }

    /// The addresses of a function's code in its section.
    pub(crate) fn extent(&self, function: SymbolId) -> Range<u64> {
        let symbol = self.elf.symbols.get(function);
        symbol.st_value..symbol.st_value.saturating_add(symbol.st_size)
    }

    /// The function that covers `target`.
    pub(crate) fn function_at(&self, target: Target) -> Option<SymbolId> {
        let functions = self.functions(target.section);
        functions
            .into_iter()
            .find(|&function| self.extent(function).contains(&target.offset))
    }
}
