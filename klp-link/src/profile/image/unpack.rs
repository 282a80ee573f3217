// SPDX-License-Identifier: GPL-2.0-only
//! Decompression by magic, with a limit on the output.

use std::io::{ErrorKind, Read};

use super::lz4;
use crate::profile::error::ImageError;

/// First bytes of an ELF file.
pub(crate) const ELF_MAGIC: &[u8] = b"\x7fELF";

const GZIP_MAGIC: &[u8] = b"\x1f\x8b";
const XZ_MAGIC: &[u8] = b"\xfd7zXZ\0";
const ZSTD_MAGIC: &[u8] = b"\x28\xb5\x2f\xfd";

/// More than any vmlinux (about 60 MB) with room for debug builds. Vectors double as they grow, so
/// twice of it may be taken.
const KERNEL_LIMIT: usize = 256 << 20;
/// More than any module.
const MODULE_LIMIT: usize = 256 << 20;
/// Working memory for xz, in KiB: the kernel's own images use dictionaries up to 128 MiB.
const XZ_MEMORY_KIB: u32 = 160 << 10;

/// Unpacks a vmlinuz payload.
pub(super) fn unpack_kernel(data: &[u8]) -> Result<Vec<u8>, ImageError> {
    unpack(data, KERNEL_LIMIT)
}

/// The ELF bytes of a `.ko`, `.ko.gz`, `.ko.xz` or `.ko.zst`.
pub(crate) fn unpack_module(data: &[u8]) -> Result<Vec<u8>, ImageError> {
    unpack(data, MODULE_LIMIT)
}

fn unpack(data: &[u8], limit: usize) -> Result<Vec<u8>, ImageError> {
    match data {
        _ if data.starts_with(ELF_MAGIC) => Ok(data.to_vec()),
        _ if data.starts_with(lz4::MAGIC) => lz4::unpack(data, limit),
        _ if data.starts_with(GZIP_MAGIC) => {
            read_all("gzip", flate2::read::GzDecoder::new(data), limit)
        }
        _ if data.starts_with(XZ_MAGIC) => {
            let reader = lzma_rust2::XzReader::new_mem_limit(data, false, XZ_MEMORY_KIB);
            read_all("xz", reader, limit)
        }
        _ if data.starts_with(ZSTD_MAGIC) => unpack_zstd(data, limit),
        _ => Err(ImageError::UnknownCompression {
            magic: data.iter().take(6).copied().collect(),
        }),
    }
}

fn unpack_zstd(data: &[u8], limit: usize) -> Result<Vec<u8>, ImageError> {
    let reader =
        ruzstd::decoding::StreamingDecoder::new(data).map_err(|error| ImageError::Decompress {
            format: "zstd",
            reason: error.to_string(),
        })?;
    read_all("zstd", reader, limit)
}

/// Reads a decompressor to its end: the stream's own end, not the payload's, which has a size
/// trailer in a vmlinuz.
fn read_all(format: &'static str, reader: impl Read, limit: usize) -> Result<Vec<u8>, ImageError> {
    let mut output = Vec::new();
    reader
        .take(limit as u64 + 1)
        .read_to_end(&mut output)
        .map_err(|error| {
            let reason = match error.kind() {
                ErrorKind::UnexpectedEof => "the data ends early".to_owned(),
                _ => error.to_string(),
            };
            ImageError::Decompress { format, reason }
        })?;
    if output.len() > limit {
        return Err(ImageError::TooLarge { format, limit });
    }
    Ok(output)
}
