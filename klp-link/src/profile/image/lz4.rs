// SPDX-License-Identifier: GPL-2.0-only
//! The legacy LZ4 frame that the kernel's build uses (`lz4 -l`): a magic, then blocks of a
//! 32-bit compressed length and the data, each unpacking to at most 8 MiB.

use crate::profile::bytes::{slice_at, u32_at};
use crate::profile::error::ImageError;

/// Magic of the legacy frame, as the bytes stand in the file.
pub(super) const MAGIC: &[u8] = b"\x02\x21\x4c\x18";

/// What one block unpacks to at most, by the format.
const BLOCK: usize = 8 << 20;
/// What a byte unpacks to at most, by LZ4: most of a long match.
const PER_BYTE: usize = 255;
/// The largest compressed length of a block: LZ4's bound for incompressible data.
const COMPRESSED_BLOCK: usize = BLOCK + BLOCK / 255 + 16;

/// Unpacks all blocks. A last word that is no block is the kernel's size trailer.
pub(super) fn unpack(data: &[u8], limit: usize) -> Result<Vec<u8>, ImageError> {
    let mut output = Vec::new();
    let mut offset = MAGIC.len();
    while let Some(block) = next_block(data, &mut offset)? {
        append(&mut output, block)?;
        if output.len() > limit {
            return Err(ImageError::TooLarge {
                format: "LZ4",
                limit,
            });
        }
    }
    Ok(output)
}

/// The next compressed block, or `None` at the end or at the size trailer.
fn next_block<'a>(data: &'a [u8], offset: &mut usize) -> Result<Option<&'a [u8]>, ImageError> {
    let remaining = data.len().saturating_sub(*offset);
    let Some(length) = u32_at(data, *offset) else {
        return if remaining == 0 {
            Ok(None)
        } else {
            Err(damaged("a block header is cut off"))
        };
    };
    let length = length as usize;
    if remaining == 4 {
        return Ok(None);
    }
    if length == 0 || length > COMPRESSED_BLOCK {
        return Err(damaged("a block has an impossible length"));
    }
    let block = slice_at(data, *offset + 4, length).ok_or_else(|| damaged("a block is cut off"))?;
    *offset += 4 + length;
    Ok(Some(block))
}

fn append(output: &mut Vec<u8>, block: &[u8]) -> Result<(), ImageError> {
    let start = output.len();
    // No more than it can take: very many small blocks would be cleared very often.
    output.resize(start + BLOCK.min(block.len() * PER_BYTE), 0);
    let target = output.get_mut(start..).unwrap_or_default();
    let length = lz4_flex::block::decompress_into(block, target)
        .map_err(|error| damaged(&error.to_string()))?;
    output.truncate(start + length);
    Ok(())
}

fn damaged(reason: &str) -> ImageError {
    ImageError::Decompress {
        format: "LZ4",
        reason: reason.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(blocks: &[&[u8]]) -> Vec<u8> {
        let mut frame = MAGIC.to_vec();
        for block in blocks {
            let packed = lz4_flex::block::compress(block);
            frame.extend_from_slice(&u32::try_from(packed.len()).unwrap().to_le_bytes());
            frame.extend_from_slice(&packed);
        }
        frame
    }

    #[test]
    fn blocks_are_joined_and_the_trailer_dropped() {
        let mut data = frame(&[b"hello ", b"kernel"]);
        assert_eq!(unpack(&data, 100).unwrap(), b"hello kernel");
        data.extend_from_slice(&12u32.to_le_bytes());
        assert_eq!(unpack(&data, 100).unwrap(), b"hello kernel");
    }

    /// Each block was unpacked into 8 MiB of zeros: minutes for a file like this.
    #[test]
    fn small_blocks_cost_little() {
        let data = frame(&vec![&b"x"[..]; 1 << 19]);
        assert_eq!(unpack(&data, 1 << 20).unwrap().len(), 1 << 19);
    }

    #[test]
    fn what_compresses_best_is_unpacked() {
        let zeros = vec![0; BLOCK];
        assert_eq!(unpack(&frame(&[&zeros]), BLOCK).unwrap(), zeros);
    }

    #[test]
    fn limits_and_cuts_are_errors() {
        let data = frame(&[b"hello ", b"kernel"]);
        assert!(matches!(
            unpack(&data, 5),
            Err(ImageError::TooLarge { limit: 5, .. })
        ));
        assert!(unpack(&data[..data.len() - 1], 100).is_err());
        assert!(unpack(&data[..6], 100).is_err());
    }
}
