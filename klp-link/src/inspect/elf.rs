// SPDX-License-Identifier: GPL-2.0-only
//! A module's file as the readers here need it: sections, symbols, and what pointers point to.
//!
//! The work is bounded by the file's size: sections may not share bytes, and names have a limit.

use std::collections::HashMap;

use object::LittleEndian as LE;
use object::elf::{self, FileHeader64, Rela64, SectionHeader64};
use object::read::elf::{FileHeader, Rela, SectionHeader, Sym};

use super::error::Error;
use crate::profile::ELF_MAGIC;
use crate::shared;

/// The largest patch, in bytes.
const FILE_LIMIT: usize = 64 << 20;
/// The longest name of a symbol or section, in bytes: mangled names are long.
const NAME_LIMIT: usize = 4096;
/// What the kernel takes as a symbol's name (`KSYM_NAME_LEN`), in bytes.
const TEXT_LIMIT: usize = 512;

/// The most sections, symbols and relocations: each costs at most as much as a name.
const SECTIONS: usize = 1 << 14;
const SYMBOLS: usize = 1 << 18;
const RELOCATIONS: usize = 1 << 21;

/// `SHN_LIVEPATCH` (`include/uapi/linux/elf.h`).
const SHN_LIVEPATCH: u16 = 0xff20;

/// The file.
pub(super) struct Elf<'a> {
    /// By index; the first is the null section.
    pub(super) sections: Vec<Section<'a>>,
    /// By index; the first is the null symbol.
    pub(super) symbols: Vec<Symbol<'a>>,
    /// Data that has a symbol: its size and the symbol.
    data: HashMap<Place, (u64, usize)>,
}

/// A section.
pub(super) struct Section<'a> {
    /// Its name.
    pub(super) name: &'a str,
    /// `sh_flags`.
    pub(super) flags: u64,
    /// Its bytes; empty for one of zeros.
    pub(super) data: &'a [u8],
    /// Its size in memory.
    pub(super) size: u64,
    /// All relocations into it, by offset.
    pub(super) relocations: Vec<Relocation>,
}

/// A relocation.
#[derive(Clone, Copy)]
pub(super) struct Relocation {
    /// Where in its section.
    pub(super) offset: u64,
    /// `r_type`.
    pub(super) kind: u32,
    /// The symbol, by index.
    pub(super) symbol: usize,
    /// `r_addend`.
    pub(super) addend: i64,
    /// The section that holds it, by index.
    pub(super) holder: usize,
}

/// A symbol.
pub(super) struct Symbol<'a> {
    /// Its name.
    pub(super) name: &'a str,
    /// Where it is.
    pub(super) home: Home,
    /// Its type, `STT_*`.
    pub(super) kind: elf::SymbolType,
    /// Bytes from its section's start.
    pub(super) value: u64,
    /// Its size.
    pub(super) size: u64,
}

/// Who has a symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Home {
    /// This file, in the section of that index.
    Section(usize),
    /// Somebody else, who exports it.
    Undefined,
    /// Somebody else; livepatch finds it by name.
    Livepatch,
    /// Nobody: a number, or a file's name.
    Other,
}

/// A place in a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Place {
    /// The section, by index.
    pub(super) section: usize,
    /// Bytes from its start.
    pub(super) offset: u64,
}

impl Symbol<'_> {
    /// Where it is, if this file has it.
    pub(super) fn place(&self) -> Option<Place> {
        match self.home {
            Home::Section(section) => Some(Place {
                section,
                offset: self.value,
            }),
            _ => None,
        }
    }
}

impl Place {
    /// So many bytes further on.
    pub(super) fn plus(self, bytes: u64) -> Self {
        Self {
            offset: self.offset.saturating_add(bytes),
            ..self
        }
    }
}

impl<'a> Elf<'a> {
    /// The bytes of all that is loaded.
    pub(super) fn memory(&self) -> u64 {
        let loaded = |section: &&Section<'_>| section.flags & elf::SHF_ALLOC.0 != 0;
        let sizes = self.sections.iter().filter(loaded);
        sizes.fold(0, |sum, section| sum.saturating_add(section.size))
    }

    /// Reads a file that is not compressed.
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, Error> {
        within("bytes in the file", bytes.len(), FILE_LIMIT)?;
        if !bytes.starts_with(ELF_MAGIC) {
            return Err(Error::elf("it does not start with ELF's magic"));
        }
        let header = FileHeader64::<LE>::parse(bytes).map_err(Error::elf)?;
        if header.e_type(LE) != elf::ET_REL || header.e_machine(LE) != elf::EM_X86_64 {
            return Err(Error::elf("it is for another machine, or is a program"));
        }
        let headers = header.section_headers(LE, bytes).map_err(Error::elf)?;
        within("sections", headers.len(), SECTIONS)?;
        if shared::between(headers, bytes.len()) {
            return Err(Error::elf(shared::REASON));
        }
        let names = contents(bytes, headers, section_names(header, bytes)?)?;
        let mut sections = Vec::with_capacity(headers.len());
        for header in headers {
            sections.push(Section {
                name: text_at(names, header.sh_name(LE) as usize, NAME_LIMIT)?,
                flags: header.sh_flags(LE).0,
                data: data(header, bytes)?,
                size: header.sh_size(LE),
                relocations: Vec::new(),
            });
        }
        let symbols = symbols(bytes, headers)?;
        let mut file = Self {
            data: named_data(&symbols),
            sections,
            symbols,
        };
        file.read_relocations(bytes, headers)?;
        Ok(file)
    }

    /// The section of that name.
    pub(super) fn section(&self, name: &str) -> Option<usize> {
        self.sections
            .iter()
            .position(|section| section.name == name)
    }

    /// The contents of the section of that name.
    pub(super) fn contents(&self, name: &str) -> Option<&'a [u8]> {
        self.section(name).map(|index| self.sections[index].data)
    }

    /// The size of the data at that place, by its symbol.
    pub(super) fn size(&self, at: Place) -> Option<u64> {
        self.data.get(&at).map(|(size, _)| *size)
    }

    /// The name of the data at that place, by its symbol.
    pub(super) fn name_at(&self, at: Place) -> Option<&'a str> {
        self.data
            .get(&at)
            .map(|(_, symbol)| self.symbols[*symbol].name)
    }

    /// The relocation at exactly that place.
    pub(super) fn relocation(&self, at: Place) -> Option<&Relocation> {
        let relocations = &self.sections.get(at.section)?.relocations;
        let index = relocations.binary_search_by_key(&at.offset, |relocation| relocation.offset);
        relocations.get(index.ok()?)
    }

    /// The relocations between two offsets of a section.
    pub(super) fn relocations_in(&self, start: Place, end: u64) -> &[Relocation] {
        let Some(section) = self.sections.get(start.section) else {
            return &[];
        };
        let before = |offset| {
            let relocations = &section.relocations;
            relocations.partition_point(|relocation| relocation.offset < offset)
        };
        let (first, last) = (before(start.offset), before(end));
        section.relocations.get(first..last).unwrap_or(&[])
    }

    /// Where the pointer at that place points; `None` where it is null or points out of the file.
    pub(super) fn pointer(&self, at: Place) -> Option<Place> {
        let relocation = self.relocation(at)?;
        (relocation.kind == elf::R_X86_64_64.0).then_some(())?;
        self.target(relocation, relocation.addend)
    }

    /// The place at a distance from a relocation's symbol.
    pub(super) fn target(&self, relocation: &Relocation, distance: i64) -> Option<Place> {
        let symbol = self.symbols.get(relocation.symbol)?;
        let place = symbol.place()?;
        let offset = place.offset.checked_add_signed(distance)?;
        Some(Place { offset, ..place })
    }

    /// The C string that the pointer at that place points to.
    pub(super) fn string(&self, at: Place) -> Option<&'a str> {
        let text = self.pointer(at)?;
        let section = self.sections.get(text.section)?;
        text_at(section.data, usize::try_from(text.offset).ok()?, TEXT_LIMIT).ok()
    }

    /// Bytes of a section; zeros where the file has none.
    pub(super) fn array<const N: usize>(&self, at: Place) -> Option<[u8; N]> {
        let section = self.sections.get(at.section)?;
        let end = at.offset.checked_add(N as u64)?;
        if section.data.is_empty() && end <= section.size {
            return Some([0; N]);
        }
        let rest = section.data.get(usize::try_from(at.offset).ok()?..)?;
        rest.first_chunk().copied()
    }

    /// The number at that place.
    pub(super) fn u64(&self, at: Place) -> Option<u64> {
        self.array(at).map(u64::from_le_bytes)
    }

    /// Whether a section is code.
    pub(super) fn is_code(&self, section: usize) -> bool {
        self.has_flag(section, elf::SHF_EXECINSTR.0)
    }

    /// Whether a section can be written.
    pub(super) fn is_writable(&self, section: usize) -> bool {
        self.has_flag(section, elf::SHF_WRITE.0)
    }

    fn has_flag(&self, section: usize, flag: u64) -> bool {
        let section = self.sections.get(section);
        section.is_some_and(|section| section.flags & flag != 0)
    }

    fn read_relocations(
        &mut self,
        bytes: &'a [u8],
        headers: &'a [SectionHeader64<LE>],
    ) -> Result<(), Error> {
        let mut count = 0;
        for (holder, header) in headers.iter().enumerate() {
            let relocations = header.rela(LE, bytes).map_err(Error::elf)?;
            let target = self.sections.get_mut(header.sh_info(LE) as usize);
            let Some(((relocations, _), target)) = relocations.zip(target) else {
                continue;
            };
            count += relocations.len();
            within("relocations", count, RELOCATIONS)?;
            let read = relocations
                .iter()
                .map(|relocation| read(relocation, holder));
            target.relocations.extend(read);
        }
        for section in &mut self.sections {
            section
                .relocations
                .sort_by_key(|relocation| relocation.offset);
        }
        Ok(())
    }
}

/// `Err` where a count is beyond its limit.
pub(super) fn within(what: &'static str, count: usize, limit: usize) -> Result<(), Error> {
    match count <= limit {
        true => Ok(()),
        false => Err(Error::TooMuch { what, limit }),
    }
}

fn read(relocation: &Rela64<LE>, holder: usize) -> Relocation {
    Relocation {
        offset: relocation.r_offset(LE),
        kind: relocation.r_type(LE, false).0,
        symbol: relocation.r_sym(LE, false) as usize,
        addend: relocation.r_addend(LE),
        holder,
    }
}

fn section_names(header: &FileHeader64<LE>, bytes: &[u8]) -> Result<usize, Error> {
    let index = header
        .section_strings_index(LE, bytes)
        .map_err(Error::elf)?;
    Ok(index.0)
}

fn contents<'a>(
    bytes: &'a [u8],
    headers: &'a [SectionHeader64<LE>],
    index: usize,
) -> Result<&'a [u8], Error> {
    let header = headers.get(index);
    let header = header.ok_or_else(|| Error::elf("a section that it refers to is missing"))?;
    data(header, bytes)
}

fn data<'a>(header: &SectionHeader64<LE>, bytes: &'a [u8]) -> Result<&'a [u8], Error> {
    header.data(LE, bytes).map_err(Error::elf)
}

fn symbols<'a>(
    bytes: &'a [u8],
    headers: &'a [SectionHeader64<LE>],
) -> Result<Vec<Symbol<'a>>, Error> {
    let table = headers
        .iter()
        .find(|header| header.sh_type(LE) == elf::SHT_SYMTAB);
    let table = table.ok_or_else(|| Error::elf("it has no symbol table, it was stripped"))?;
    let names = contents(bytes, headers, table.sh_link(LE) as usize)?;
    let raw: &[elf::Sym64<LE>] = table.data_as_array(LE, bytes).map_err(Error::elf)?;
    within("symbols", raw.len(), SYMBOLS)?;
    let symbols = raw.iter().map(|symbol| {
        Ok(Symbol {
            name: text_at(names, symbol.st_name(LE) as usize, NAME_LIMIT)?,
            home: home(symbol.st_shndx(LE).0, headers.len()),
            kind: symbol.st_type(),
            value: symbol.st_value(LE),
            size: symbol.st_size(LE),
        })
    });
    symbols.collect()
}

fn named_data(symbols: &[Symbol<'_>]) -> HashMap<Place, (u64, usize)> {
    let symbols = symbols.iter().enumerate();
    let data = symbols.filter(|(_, symbol)| symbol.kind == elf::STT_OBJECT && symbol.size > 0);
    data.filter_map(|(index, symbol)| Some((symbol.place()?, (symbol.size, index))))
        .collect()
}

fn home(section: u16, sections: usize) -> Home {
    match section {
        0 => Home::Undefined,
        SHN_LIVEPATCH => Home::Livepatch,
        index if usize::from(index) < sections => Home::Section(usize::from(index)),
        _ => Home::Other,
    }
}

/// The NUL-terminated text at `offset` of a table.
fn text_at(table: &[u8], offset: usize, limit: usize) -> Result<&str, Error> {
    let rest = table
        .get(offset..)
        .ok_or_else(|| Error::elf("a name lies outside of the table of names"))?;
    let rest = rest.get(..limit).unwrap_or(rest);
    let length = rest.iter().position(|&byte| byte == 0);
    let length = length.ok_or_else(|| Error::elf(format!("a name is over {limit} bytes long")))?;
    std::str::from_utf8(&rest[..length]).map_err(|_| Error::elf("a name is not UTF-8"))
}
