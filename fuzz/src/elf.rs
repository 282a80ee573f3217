// SPDX-License-Identifier: GPL-2.0-only
//! A `vmlinux` with sections of one's choice.

use anyhow::Result;
use object::build::ByteString;
use object::build::elf::{Builder, SectionData};
use object::{Endianness, elf};

/// Where `.text` starts.
pub const TEXT: u64 = 0xffff_ffff_8100_0000;
/// Where `.rodata` starts.
pub const RODATA: u64 = 0xffff_ffff_8200_0000;
/// Where `.data` starts.
pub const DATA: u64 = 0xffff_ffff_8300_0000;

/// A section that the kernel keeps in memory.
pub struct Section<'a> {
    /// Its name.
    pub name: &'a str,
    /// Where it starts.
    pub address: u64,
    /// Its bytes.
    pub bytes: &'a [u8],
}

/// The ELF file of these sections. Those whose name starts with `.text` are code.
pub fn write(sections: &[Section<'_>]) -> Result<Vec<u8>> {
    let mut file = Builder::new(Endianness::Little, true);
    file.header.e_type = elf::ET_EXEC;
    file.header.e_machine = elf::EM_X86_64;
    let names = file.sections.add();
    names.name = ByteString::from(".shstrtab");
    names.sh_type = elf::SHT_STRTAB;
    names.data = SectionData::SectionString;
    for from in sections {
        let section = file.sections.add();
        section.name = ByteString::from(from.name.as_bytes());
        section.sh_type = elf::SHT_PROGBITS;
        section.sh_flags = match from.name.starts_with(".text") {
            true => elf::SHF_ALLOC | elf::SHF_EXECINSTR,
            false => elf::SHF_ALLOC,
        };
        section.sh_addr = from.address;
        section.sh_addralign = 1;
        section.data = SectionData::Data(from.bytes.into());
    }
    let mut bytes = Vec::new();
    file.write(&mut bytes)?;
    Ok(bytes)
}
