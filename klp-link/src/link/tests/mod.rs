// SPDX-License-Identifier: GPL-2.0-only
//! Messages that no author's source brings about: about the linker's and the compiler's output, and
//! about kernels that are built in other ways. `rare.txt` has them; `KLP_BLESS=1` writes it.

use std::fs;
use std::path::Path;

use object::build::elf::Builder;

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
