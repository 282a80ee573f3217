// SPDX-License-Identifier: GPL-2.0-only
//! `vmlinuz`: a kernel as boot loaders get it, compressed in each way that klp can undo.

use std::io::{Result, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use lzma_rust2::{XzOptions, XzWriter};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

/// One image a format.
pub fn all(kernel: &[u8]) -> Result<Vec<Vec<u8>>> {
    let payloads = [
        gzip(kernel)?,
        xz(kernel)?,
        compress_to_vec(kernel, CompressionLevel::Fastest),
        lz4(kernel),
    ];
    let size = (kernel.len() as u32).to_le_bytes();
    Ok(payloads
        .map(|payload| image(&[&*payload, &size].concat()))
        .into())
}

/// The boot header, one sector of setup code, and the payload.
fn image(payload: &[u8]) -> Vec<u8> {
    const SECTORS: usize = 0x1f1;
    const MAGIC: usize = 0x202;
    const LENGTH: usize = 0x24c;
    let mut image = vec![0; 1024];
    image[SECTORS] = 1;
    image[MAGIC..MAGIC + 4].copy_from_slice(b"HdrS");
    image[LENGTH..LENGTH + 4].copy_from_slice(&(payload.len() as u32).to_le_bytes());
    [&*image, payload].concat()
}

fn gzip(kernel: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(kernel)?;
    encoder.finish()
}

fn xz(kernel: &[u8]) -> Result<Vec<u8>> {
    let mut writer = XzWriter::new(Vec::new(), XzOptions::with_preset(0))?;
    writer.write_all(kernel)?;
    writer.finish()
}

/// The frame of `lz4 -l`, with one block.
fn lz4(kernel: &[u8]) -> Vec<u8> {
    let block = lz4_flex::block::compress(kernel);
    let length = (block.len() as u32).to_le_bytes();
    [&b"\x02\x21\x4c\x18"[..], &length, &block].concat()
}
