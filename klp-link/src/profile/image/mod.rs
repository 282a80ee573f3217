// SPDX-License-Identifier: GPL-2.0-only
//! `vmlinuz` to `vmlinux`: the x86 boot header and its compressed payload.
//!
//! Header fields are those of `struct setup_header` in
//! `arch/x86/include/uapi/asm/bootparam.h` (Documentation/arch/x86/boot.rst).

mod lz4;
mod unpack;

use super::bytes::{slice_at, u8_at, u32_at};
use super::error::ImageError;
pub(crate) use unpack::{ELF_MAGIC, unpack_module};

const SETUP_SECTS: usize = 0x1f1;
const HEADER_MAGIC: usize = 0x202;
const PAYLOAD_OFFSET: usize = 0x248;
const PAYLOAD_LENGTH: usize = 0x24c;
const SECTOR: u64 = 512;

/// The uncompressed `vmlinux` ELF file inside a `vmlinuz`.
///
/// LZ4, gzip, xz and zstd payloads are known; an ELF file is returned as it is.
pub fn extract_vmlinux(image: &[u8]) -> Result<Vec<u8>, ImageError> {
    if image.starts_with(ELF_MAGIC) {
        return Ok(image.to_vec());
    }
    unpack::unpack_kernel(payload(image)?)
}

/// The compressed payload that the boot header points to.
fn payload(image: &[u8]) -> Result<&[u8], ImageError> {
    if slice_at(image, HEADER_MAGIC, 4) != Some(b"HdrS") {
        return Err(ImageError::NotAnImage);
    }
    let (offset, length) = payload_range(image).ok_or(ImageError::NotAnImage)?;
    usize::try_from(offset)
        .ok()
        .zip(usize::try_from(length).ok())
        .and_then(|(offset, length)| slice_at(image, offset, length))
        .ok_or(ImageError::PayloadOutside {
            offset,
            length,
            file_length: image.len(),
        })
}

/// File offset and length of the payload. `setup_sects` 0 means 4, as the boot protocol says.
fn payload_range(image: &[u8]) -> Option<(u64, u64)> {
    let sectors = match u8_at(image, SETUP_SECTS)? {
        0 => 4,
        count => u64::from(count),
    };
    let offset = (sectors + 1) * SECTOR + u64::from(u32_at(image, PAYLOAD_OFFSET)?);
    Some((offset, u64::from(u32_at(image, PAYLOAD_LENGTH)?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn bzimage(payload: &[u8]) -> Vec<u8> {
        let mut image = vec![0; 1024];
        image[SETUP_SECTS] = 1;
        image[HEADER_MAGIC..HEADER_MAGIC + 4].copy_from_slice(b"HdrS");
        let length = u32::try_from(payload.len()).unwrap();
        image[PAYLOAD_LENGTH..PAYLOAD_LENGTH + 4].copy_from_slice(&length.to_le_bytes());
        image.extend_from_slice(payload);
        image
    }

    fn gzip(data: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(data).unwrap();
        let mut payload = encoder.finish().unwrap();
        payload.extend_from_slice(&u32::try_from(data.len()).unwrap().to_le_bytes());
        payload
    }

    #[test]
    fn gzip_payload_with_its_size_trailer() {
        let elf = b"\x7fELF and so on";
        assert_eq!(extract_vmlinux(&bzimage(&gzip(elf))).unwrap(), elf);
    }

    #[test]
    fn elf_passes_through() {
        assert_eq!(extract_vmlinux(b"\x7fELF...").unwrap(), b"\x7fELF...");
    }

    #[test]
    fn truncation_is_named() {
        let mut image = bzimage(&gzip(b"\x7fELF"));
        image.truncate(1030);
        let error = extract_vmlinux(&image).unwrap_err();
        assert!(
            matches!(
                error,
                ImageError::PayloadOutside {
                    file_length: 1030,
                    ..
                }
            ),
            "{error}"
        );
        assert!(matches!(
            extract_vmlinux(b"hello"),
            Err(ImageError::NotAnImage)
        ));
    }

    #[test]
    fn unknown_magic_is_shown() {
        let error = extract_vmlinux(&bzimage(b"LZO!....")).unwrap_err();
        assert!(
            matches!(error, ImageError::UnknownCompression { .. }),
            "{error}"
        );
    }
}
