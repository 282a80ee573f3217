// SPDX-License-Identifier: GPL-2.0-only
//! An ELF file as it stands: headers, symbols and relocations with the numbers in the file.

use object::LittleEndian as LE;
use object::elf::{FileHeader64, SHT_RELA};
use object::read::elf::{FileHeader, Rela, SectionHeader, Sym};

/// A relocatable file.
#[derive(Debug, Default)]
pub struct Elf {
    /// Sections by index.
    pub sections: Vec<Section>,
    /// Symbols by index.
    pub symbols: Vec<Symbol>,
}

/// A section.
#[derive(Debug, Default)]
pub struct Section {
    /// Its name.
    pub name: String,
    /// `sh_flags`.
    pub flags: u64,
    /// `sh_link`.
    pub link: u32,
    /// `sh_info`.
    pub info: u32,
    /// Its bytes.
    pub data: Vec<u8>,
    /// Its relocations, if that is what it holds.
    pub relocations: Vec<Relocation>,
}

/// A relocation.
#[derive(Debug)]
pub struct Relocation {
    /// `r_offset`.
    pub offset: u64,
    /// `r_type`.
    pub kind: u32,
    /// The symbol's index.
    pub symbol: usize,
    /// `r_addend`.
    pub addend: i64,
}

/// A symbol.
#[derive(Debug)]
pub struct Symbol {
    /// Its name.
    pub name: String,
    /// `st_shndx`.
    pub section: u16,
    /// `st_value`.
    pub value: u64,
    /// `st_size`.
    pub size: u64,
}

impl Elf {
    /// Reads a file.
    pub fn read(bytes: &[u8]) -> Self {
        let header = FileHeader64::<LE>::parse(bytes).unwrap();
        let sections = header.sections(LE, bytes).unwrap();
        let symbols = sections
            .symbols(LE, bytes, object::elf::SHT_SYMTAB)
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let relocations = |section: &object::elf::SectionHeader64<LE>| -> Vec<_> {
            if section.sh_type(LE) != SHT_RELA {
                return Vec::new();
            }
            let (relocations, _) = section.rela(LE, bytes).unwrap().unwrap();
            let read = |relocation: &object::elf::Rela64<LE>| Relocation {
                offset: relocation.r_offset(LE),
                kind: relocation.r_type(LE, false).0,
                symbol: relocation.r_sym(LE, false) as usize,
                addend: relocation.r_addend(LE),
            };
            relocations.iter().map(read).collect()
        };
        let section = |section: &object::elf::SectionHeader64<LE>| Section {
            name: text(sections.section_name(LE, section).unwrap()),
            flags: section.sh_flags(LE).0,
            link: section.sh_link(LE),
            info: section.sh_info(LE),
            data: section.data(LE, bytes).unwrap().to_vec(),
            relocations: relocations(section),
        };
        let symbol = |symbol: &object::elf::Sym64<LE>| Symbol {
            name: text(symbols.symbol_name(LE, symbol).unwrap()),
            section: symbol.st_shndx(LE).0,
            value: symbol.st_value(LE),
            size: symbol.st_size(LE),
        };
        Self {
            sections: sections.iter().map(section).collect(),
            symbols: symbols.iter().map(symbol).collect(),
        }
    }

    /// The section of that name.
    pub fn section(&self, name: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.name == name)
    }

    /// The symbol of that name.
    pub fn symbol(&self, name: &str) -> Option<&Symbol> {
        self.symbols.iter().find(|symbol| symbol.name == name)
    }

    /// The relocations of the section of that name.
    pub fn relocations(&self, section: &str) -> &[Relocation] {
        let relocations = self.section(&format!(".rela{section}"));
        relocations.map_or(&[], |section| &section.relocations)
    }

    /// Names of all undefined symbols.
    pub fn undefined(&self) -> Vec<&str> {
        let undefined = self.symbols.iter().skip(1).filter(|s| s.section == 0);
        undefined.map(|symbol| symbol.name.as_str()).collect()
    }
}
