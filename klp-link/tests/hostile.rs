// SPDX-License-Identifier: GPL-2.0-only
//! Files that asked readers for more than they are worth. `cargo xtask fuzz` looks for others; what it
//! finds is kept here.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use klp_link::inspect;
use klp_link::profile::{Modinfo, ProfileBuilder};
use object::build::ByteString;
use object::build::elf::{Builder, SectionData};
use object::{Endianness, elf};

const SECTIONS: usize = 100;

/// A file of many sections that are all the same bytes.
fn shared_bytes(kind: elf::FileType) -> Vec<u8> {
    let mut builder = Builder::new(Endianness::Little, true);
    builder.header.e_type = kind;
    builder.header.e_machine = elf::EM_X86_64;
    let names = builder.sections.add();
    names.name = ByteString::from(".shstrtab");
    names.sh_type = elf::SHT_STRTAB;
    names.sh_addralign = 1;
    names.data = SectionData::SectionString;
    for number in 0..SECTIONS {
        let section = builder.sections.add();
        section.name = ByteString::from(format!(".data.{number}").into_bytes());
        section.sh_type = elf::SHT_PROGBITS;
        section.sh_flags = elf::SHF_ALLOC;
        section.sh_addralign = 1;
        section.data = SectionData::Data(vec![0; 8].into());
    }
    let mut file = Vec::new();
    builder.write(&mut file).unwrap();
    all_are_the_whole(&mut file);
    file
}

/// Makes each section with contents begin with the file, and as long.
fn all_are_the_whole(file: &mut [u8]) {
    const HEADER: usize = 64;
    let length = file.len() as u64;
    let headers = u64::from_le_bytes(file[0x28..0x30].try_into().unwrap()) as usize;
    for header in file[headers..].chunks_exact_mut(HEADER) {
        if header[4..8] == elf::SHT_PROGBITS.0.to_le_bytes() {
            header[24..32].fill(0);
            header[32..40].copy_from_slice(&length.to_le_bytes());
        }
    }
}

#[test]
fn sections_that_share_bytes_are_refused() {
    let (module, kernel) = (shared_bytes(elf::ET_REL), shared_bytes(elf::ET_EXEC));
    for said in [
        inspect::read(&module).err().unwrap().to_string(),
        Modinfo::of_module(&module).err().unwrap().to_string(),
        ProfileBuilder::from_vmlinux(&kernel)
            .err()
            .unwrap()
            .to_string(),
    ] {
        assert!(said.contains("its sections share bytes"), "{said}");
    }
}
