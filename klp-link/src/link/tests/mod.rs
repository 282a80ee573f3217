// SPDX-License-Identifier: GPL-2.0-only
//! Messages that no author's source brings about: about the linker's and the compiler's output, and
//! about kernels that are built in other ways. `rare.txt` has them; `KLP_BLESS=1` writes it.

use std::fs;
use std::path::Path;

use object::build::ByteString;
use object::build::elf::{Builder, SectionData};
use object::elf;

use super::diagnostic::Diagnostic;
use super::image::Image;
use super::{Core, Input, identity, link, messages};
use crate::profile::{Mitigations, Profile, ProfileData};

/// A kernel of which nothing is known but its release.
fn empty() -> Profile {
    let data = ProfileData {
        release: "6.1.0-empty".into(),
        vermagic: "6.1.0-empty SMP ".into(),
        banner: String::new(),
        mitigations: Mitigations::default(),
        patch_pending: None,
        orc_registers: None,
        init_ranges: Vec::new(),
        names: String::new(),
        objects: Vec::new(),
        exports: Vec::new(),
        btf: Vec::new(),
        orc_header: Vec::new(),
    };
    Profile::from_bytes(&data.to_bytes().unwrap()).unwrap()
}

fn rare() -> Vec<Diagnostic> {
    let profile = empty();
    let input = Input {
        object: b"",
        module: "fix",
        core: Core::Builtin,
        source_root: "/",
    };
    let unusable = Builder::read64(&b"no object"[..]).err().unwrap();
    vec![
        Image::read(b"no object").err().unwrap(),
        messages::wrong_object(),
        messages::no_code(),
        messages::other_abi(0),
        messages::other_abi(u32::MAX),
        messages::other_size("spinlock", "4", 64),
        messages::no_anchor(&profile),
        identity::build_id(&profile).err().unwrap(),
        messages::no_patch_pending(&profile),
        messages::unknown_orc(&profile),
        link(input, &profile).err().unwrap().remove(0),
        messages::huge_layout(1 << 60),
        messages::bad_frame_info(&gimli::Error::OffsetOutOfBounds(0)),
        messages::no_crc("_printk"),
        messages::long_import("a_function_whose_name_is_longer_than_fifty_five_bytes_is"),
        messages::unwritable(&unusable),
    ]
}

/// An object with a section that says nothing of its alignment.
fn unaligned() -> Vec<u8> {
    let mut builder = Builder::new(object::Endianness::Little, true);
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
    section.data = SectionData::Data(b"contents".as_slice().into());
    let mut object = Vec::new();
    builder.write(&mut object).unwrap();
    let headers = u64::from_le_bytes(object[0x28..0x30].try_into().unwrap()) as usize;
    for header in (headers..object.len()).step_by(64) {
        object[header + 48..header + 56].fill(0);
    }
    object
}

/// Such sections were written to where the file starts.
#[test]
fn sections_without_alignment_are_written() {
    let object = unaligned();
    let written = Image::read(&object).unwrap().write().unwrap();
    let image = Image::read(&written).unwrap();
    let data = image.section(".data").unwrap();
    assert_eq!(image.bytes(data), b"contents");
}

#[test]
fn rare_messages_are_as_they_must_be() {
    let said: Vec<_> = rare().iter().map(Diagnostic::to_string).collect();
    let said = said.join("\n\n") + "\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/link/tests/rare.txt");
    if std::env::var_os("KLP_BLESS").is_some() {
        fs::write(&path, &said).unwrap();
    }
    assert_eq!(fs::read_to_string(path).unwrap_or_default(), said);
}

#[test]
fn every_message_says_what_to_do_next() {
    for message in rare() {
        assert!(message.help.is_some(), "{message}");
    }
}
