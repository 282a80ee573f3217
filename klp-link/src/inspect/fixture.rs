// SPDX-License-Identifier: GPL-2.0-only
//! Patches made up for tests, byte by byte.

use object::build::ByteString;
use object::build::elf::{Builder, SectionData, SectionId, SymbolId};
use object::{Endianness, elf};

use crate::link::image::{Chunk, Image, Target};

/// Sizes of the kernel's structures, made up as well.
pub(super) const OBJECT: usize = 120;
pub(super) const FUNC: usize = 72;

/// A module on the way.
pub(super) struct File {
    image: Image<'static>,
    text: SectionId,
    rodata: SectionId,
    /// Where the next array of tables goes.
    data: Chunk,
    data_section: SectionId,
    names: Vec<(String, usize, usize)>,
}

impl File {
    /// A patch that patches nothing.
    pub(super) fn new() -> Self {
        let mut builder = Builder::new(Endianness::Little, true);
        builder.header.e_type = elf::ET_REL;
        builder.header.e_machine = elf::EM_X86_64;
        for (name, data) in [
            (".shstrtab", SectionData::SectionString),
            (".strtab", SectionData::String),
            (".symtab", SectionData::Symbol),
        ] {
            let section = builder.sections.add();
            section.name = ByteString::from(name);
            section.sh_type = match data {
                SectionData::Symbol => elf::SHT_SYMTAB,
                _ => elf::SHT_STRTAB,
            };
            section.data = data;
        }
        let mut image = Image { elf: builder };
        let code = elf::SHF_ALLOC | elf::SHF_EXECINSTR;
        let text = image.add_section(".text", code, 16, Chunk::default());
        let rodata = image.add_section(".rodata", elf::SHF_ALLOC, 1, Chunk::default());
        let data = elf::SHF_ALLOC | elf::SHF_WRITE;
        let data_section = image.add_section(".data", data, 8, Chunk::default());
        Self {
            image,
            text,
            rodata,
            data: Chunk::default(),
            data_section,
            names: Vec::new(),
        }
    }

    /// A function of that code, and what its relocations point to.
    pub(super) fn function(&mut self, name: &str, code: &[u8], calls: &[(usize, &str)]) -> u64 {
        let mut chunk = Chunk {
            bytes: code.to_vec(),
            relocations: Vec::new(),
        };
        for &(at, symbol) in calls {
            chunk.put_jump(at, self.image.import(symbol));
        }
        let start = self.image.append(self.text, 16, 0xcc, chunk);
        let target = Target {
            section: self.text,
            offset: start,
        };
        self.image.define(name, target, code.len() as u64);
        let symbol = self.image.symbol(name).unwrap();
        let symbol = self.image.elf.symbols.get_mut(symbol);
        symbol.set_st_info(elf::STB_LOCAL, elf::STT_FUNC);
        start
    }

    /// A constant with a name, for functions to refer to.
    pub(super) fn constant(&mut self, name: &str, text: &str) {
        let offset = self.text(text);
        let target = Target {
            section: self.rodata,
            offset,
        };
        self.image.define(name, target, text.len() as u64 + 1);
    }

    fn text(&mut self, text: &str) -> u64 {
        let chunk = Chunk {
            bytes: [text.as_bytes(), b"\0"].concat(),
            relocations: Vec::new(),
        };
        self.image.append(self.rodata, 1, 0, chunk)
    }

    fn at(&mut self, section: SectionId) -> SymbolId {
        self.image.section_symbol(section)
    }

    /// Room for an array, with a symbol unless its name is empty.
    pub(super) fn array(&mut self, name: &str, size: usize) -> usize {
        let start = self.data.reserve(size);
        self.names.push((name.to_owned(), start, size));
        start
    }

    pub(super) fn put(&mut self, at: usize, bytes: &[u8]) {
        self.data.put(at, bytes);
    }

    pub(super) fn point_to_text(&mut self, at: usize, text: &str) {
        let (offset, section) = (self.text(text), self.rodata);
        let symbol = self.at(section);
        self.data.put_pointer(at, symbol, offset);
    }

    pub(super) fn point_to_code(&mut self, at: usize, offset: u64) {
        let symbol = self.at(self.text);
        self.data.put_pointer(at, symbol, offset);
    }

    pub(super) fn point_to_data(&mut self, at: usize, offset: usize) {
        let symbol = self.at(self.data_section);
        self.data.put_pointer(at, symbol, offset as u64);
    }

    /// The symbol of that array is lost.
    pub(super) fn forget(&mut self, name: &str) {
        for (known, ..) in &mut self.names {
            if known == name {
                known.clear();
            }
        }
    }

    /// `struct klp_patch` with one module, whose functions are at `funcs`.
    pub(super) fn patch_of(&mut self, module: &str, funcs: usize) {
        let (patch, table) = (self.array("patch", 64), self.array("objs", 2 * OBJECT));
        let this_module = self.image.import("__this_module");
        self.data.put_pointer(patch, this_module, 0);
        self.point_to_data(patch + 8, table);
        self.point_to_text(table, module);
        self.point_to_data(table + 8, funcs);
    }

    /// `struct klp_patch` with these objects, of which a nameless one is the kernel; functions by
    /// name and sympos, with code of their own.
    pub(super) fn patch(&mut self, replace: bool, objects: &[(&str, &[(&str, u64)])]) {
        let patch = self.array("patch", 64);
        let table = self.array("objs", (objects.len() + 1) * OBJECT);
        let module = self.image.import("__this_module");
        self.data.put_pointer(patch, module, 0);
        self.point_to_data(patch + 8, table);
        self.put(patch + 24, &[u8::from(replace)]);
        for (index, (name, functions)) in objects.iter().enumerate() {
            let at = table + index * OBJECT;
            if !name.is_empty() {
                self.point_to_text(at, name);
            }
            let funcs = self.array(&format!("funcs_{index}"), (functions.len() + 1) * FUNC);
            self.point_to_data(at + 8, funcs);
            for (index, (symbol, sympos)) in functions.iter().enumerate() {
                let at = funcs + index * FUNC;
                let new = self.function(&format!("new_{symbol}"), &[0xc3], &[]);
                self.point_to_text(at, symbol);
                self.point_to_code(at + 8, new);
                self.put(at + 16, &sympos.to_le_bytes());
            }
        }
    }

    /// The four callbacks of the object at that index of the table at `objs`.
    pub(super) fn callback(&mut self, index: usize, kind: usize, function: &str) {
        let table = self.start_of("objs");
        let code = self.function(function, &[0xc3], &[]);
        self.point_to_code(table + index * OBJECT + 16 + kind * 8, code);
    }

    /// The states of the patch, ended by one with id 0 unless `open`.
    pub(super) fn states(&mut self, states: &[(u64, u32)], open: bool) {
        let table = self.array("states", (states.len() + usize::from(!open)) * 24);
        let patch = self.start_of("patch");
        self.point_to_data(patch + 16, table);
        for (index, (id, version)) in states.iter().enumerate() {
            self.put(table + index * 24, &id.to_le_bytes());
            self.put(table + index * 24 + 8, &version.to_le_bytes());
        }
    }

    /// Where the array of that name starts.
    pub(super) fn start_of(&self, name: &str) -> usize {
        let mut names = self.names.iter();
        names.find(|(known, ..)| known == name).unwrap().1
    }

    /// Any other section.
    pub(super) fn section(&mut self, name: &str, bytes: &[u8]) -> SectionId {
        let chunk = Chunk {
            bytes: bytes.to_vec(),
            relocations: Vec::new(),
        };
        self.image.add_section(name, elf::SectionFlags(0), 1, chunk)
    }

    /// A section whose pointers lead to texts and functions.
    pub(super) fn table(&mut self, name: &str, size: usize, pointers: &[(usize, Pointer<'_>)]) {
        let mut chunk = Chunk::zeroed(size);
        for &(at, pointer) in pointers {
            let (section, offset) = match pointer {
                Pointer::Text(text) => (self.rodata, self.text(text)),
                Pointer::Code(offset) => (self.text, offset),
                Pointer::Number(number) => {
                    chunk.put(at, &number.to_le_bytes());
                    continue;
                }
                Pointer::Section(name) => (self.image.section(name).unwrap(), 0),
            };
            let symbol = self.at(section);
            chunk.put_pointer(at, symbol, offset);
        }
        self.image.add_section(name, elf::SHF_ALLOC, 8, chunk);
    }

    /// A symbol that somebody else has; livepatch finds those with its prefix.
    pub(super) fn import(&mut self, name: &str) {
        let symbol = self.image.import(name);
        if name.starts_with(".klp.sym.") {
            let symbol = self.image.elf.symbols.get_mut(symbol);
            symbol.st_shndx = elf::SymbolSection(0xff20);
        }
    }

    /// The file, of a module with that name.
    pub(super) fn finish(self, name: &str) -> Vec<u8> {
        let modinfo = format!("license=GPL\0livepatch=Y\0name={name}\0vermagic=6.1.0 SMP \0");
        self.finish_with(modinfo.as_bytes())
    }

    pub(super) fn finish_with(mut self, modinfo: &[u8]) -> Vec<u8> {
        for (name, start, size) in std::mem::take(&mut self.names) {
            let target = Target {
                section: self.data_section,
                offset: start as u64,
            };
            if !name.is_empty() {
                self.image
                    .define_local(&name, target, size as u64, elf::STT_OBJECT);
            }
        }
        self.image.fill(self.data_section, self.data);
        let chunk = Chunk {
            bytes: modinfo.to_vec(),
            relocations: Vec::new(),
        };
        self.image.add_section(".modinfo", elf::SHF_ALLOC, 1, chunk);
        self.image.write().unwrap()
    }
}

/// What a place of a [`File::table`] holds.
#[derive(Clone, Copy)]
pub(super) enum Pointer<'a> {
    Text(&'a str),
    Code(u64),
    Section(&'a str),
    Number(u64),
}
