// SPDX-License-Identifier: GPL-2.0-only
//! ELF files whose sections share bytes: every section is read for itself, so that a small file of
//! them could ask for endless work and memory. No compiler or linker makes such files.

use object::LittleEndian as LE;
use object::elf::{self, FileHeader64, SectionHeader64};
use object::read::elf::{FileHeader, SectionHeader};

/// What is wrong with such a file.
pub(crate) const REASON: &str = "its sections share bytes, or lie outside of it";

/// Whether sections have more bytes together than their file. A file without readable headers has
/// no sections.
pub(crate) fn in_file(file: &[u8]) -> bool {
    let headers =
        FileHeader64::<LE>::parse(file).and_then(|header| header.section_headers(LE, file));
    headers.is_ok_and(|headers| between(headers, file.len()))
}

/// The same, of headers that were read.
pub(crate) fn between(headers: &[SectionHeader64<LE>], file: usize) -> bool {
    let in_file = headers.iter().filter(|header| {
        let kind = header.sh_type(LE);
        kind != elf::SHT_NOBITS && kind != elf::SHT_NULL
    });
    let sizes = in_file.map(|header| header.sh_size(LE));
    sizes.fold(0, u64::saturating_add) > file as u64
}

#[cfg(test)]
mod tests {
    use object::Endianness;
    use object::build::ByteString;
    use object::build::elf::{Builder, SectionData};

    use super::*;

    /// A file with a section that has so many bytes more than were written.
    fn file(more: u64) -> Vec<u8> {
        let mut builder = Builder::new(Endianness::Little, true);
        builder.header.e_type = elf::ET_REL;
        builder.header.e_machine = elf::EM_X86_64;
        let names = builder.sections.add();
        names.name = ByteString::from(".shstrtab");
        names.sh_type = elf::SHT_STRTAB;
        names.sh_addralign = 1;
        names.data = SectionData::SectionString;
        let section = builder.sections.add();
        section.name = ByteString::from(".data");
        section.sh_type = elf::SHT_PROGBITS;
        section.sh_addralign = 1;
        section.data = SectionData::Data(vec![0; 1000].into());
        let mut bytes = Vec::new();
        builder.write(&mut bytes).unwrap();
        let headers = u64::from_le_bytes(bytes[0x28..0x30].try_into().unwrap()) as usize;
        for header in (headers..bytes.len()).step_by(64) {
            let size = header + 32..header + 40;
            if bytes[size.clone()] == 1000_u64.to_le_bytes() {
                bytes[size].copy_from_slice(&(1000 + more).to_le_bytes());
            }
        }
        bytes
    }

    #[test]
    fn a_file_has_the_bytes_of_its_sections() {
        assert!(!in_file(&file(0)));
        assert!(in_file(&file(1000)));
        assert!(in_file(&file(u64::MAX - 1000)));
        assert!(!in_file(b"no file"));
    }
}
