// SPDX-License-Identifier: GPL-2.0-only
//! ELF notes: the build-id.

use super::bytes::{slice_at, u32_at};
use crate::hex::hex;

/// The GNU build-id among the notes of a section, in hexadecimal digits.
pub fn build_id_in_hex(notes: &[u8]) -> Option<String> {
    build_id(notes).map(|id| hex(&id))
}

/// `NT_GNU_BUILD_ID` (elf.h).
const NT_GNU_BUILD_ID: u32 = 3;
const HEADER: usize = 12;

/// The GNU build-id among the notes of a section, if there is one.
pub fn build_id(notes: &[u8]) -> Option<Vec<u8>> {
    let mut offset = 0;
    loop {
        let name_length = u32_at(notes, offset)? as usize;
        let length = u32_at(notes, offset + 4)? as usize;
        let kind = u32_at(notes, offset + 8)?;
        let name = slice_at(notes, offset + HEADER, name_length)?;
        let start = (offset + HEADER)
            .checked_add(name_length)?
            .checked_next_multiple_of(4)?;
        let description = slice_at(notes, start, length)?;
        if kind == NT_GNU_BUILD_ID && name == b"GNU\0" {
            return Some(description.to_vec());
        }
        offset = start.checked_add(length)?.checked_next_multiple_of(4)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_second_note() {
        let mut notes = Vec::new();
        for (kind, name, text) in [
            (1u32, b"Linux\0\0\0", &b"abcd"[..]),
            (3, b"GNU\0    ", b"id"),
        ] {
            let name_length = if kind == 1 { 6u32 } else { 4 };
            notes.extend_from_slice(&name_length.to_le_bytes());
            notes.extend_from_slice(&u32::try_from(text.len()).unwrap().to_le_bytes());
            notes.extend_from_slice(&kind.to_le_bytes());
            let padded = name_length.next_multiple_of(4) as usize;
            notes.extend_from_slice(&name[..padded]);
            notes.extend_from_slice(text);
        }
        assert_eq!(build_id(&notes), Some(b"id".to_vec()));
        assert_eq!(build_id(&notes[..notes.len() - 1]), None);
        assert_eq!(build_id(&[]), None);
    }
}
