// SPDX-License-Identifier: GPL-2.0-only
//! `.note.gnu.build-id`: names one content of a module, the same in `NAME.ko` and `NAME.ko.debug`.

use object::elf;
use object::{Object, ObjectSection};
use sha2::{Digest, Sha256};

use super::image::{Chunk, Image};

const SECTION: &str = ".note.gnu.build-id";

/// Bytes of a build-id, as the kernel and debuggers expect it.
const LEN: usize = 20;

/// `struct elf64_note` and the name: sizes of name and contents, type, `GNU`.
const HEADER: [u8; 16] = *b"\x04\0\0\0\x14\0\0\0\x03\0\0\0GNU\0";

/// Adds the note with an empty build-id.
pub(crate) fn add(image: &mut Image<'_>) {
    let mut chunk = Chunk::zeroed(HEADER.len() + LEN);
    chunk.put(0, &HEADER);
    let section = image.add_section(SECTION, elf::SHF_ALLOC, 4, chunk);
    image.elf.sections.get_mut(section).sh_type = elf::SHT_NOTE;
}

/// Writes the hash of `module` (with the empty build-id) into the notes of `module` and `debug`.
pub(crate) fn stamp(module: &mut [u8], debug: &mut [u8]) {
    let hash = Sha256::digest(&*module);
    for file in [module, debug] {
        if let Some(place) = place(file).and_then(|start| file.get_mut(start..)?.get_mut(..LEN)) {
            place.copy_from_slice(&hash[..LEN]);
        }
    }
}

/// Where a file has its build-id.
fn place(file: &[u8]) -> Option<usize> {
    let elf = object::File::parse(file).ok()?;
    let (start, _) = elf.section_by_name(SECTION)?.file_range()?;
    usize::try_from(start).ok()?.checked_add(HEADER.len())
}
