// SPDX-License-Identifier: GPL-2.0-only
//! The profile file: a 64-byte header, then the rkyv archive of [`ProfileData`].
//!
//! | offset | size | |
//! |---|---|---|
//! | 0 | 8 | magic `klp-prof` |
//! | 8 | 4 | format version, little endian |
//! | 12 | 4 | CRC-32 of the archive |
//! | 16 | 8 | length of the archive in bytes |
//! | 24 | 40 | zero |

use std::io::Write;
use std::path::Path;

use rkyv::rancor;

use super::bytes::{slice_at, u32_at, u64_at};
use super::data::ProfileData;
use super::error::ProfileError;

/// Version of the header and of the records in [`super::data`].
pub(crate) const VERSION: u32 = 4;
/// Bytes before the archive: a multiple of the alignment rkyv needs.
pub(crate) const HEADER: usize = 64;

const MAGIC: &[u8; 8] = b"klp-prof";

impl ProfileData {
    /// The whole file as bytes.
    pub fn to_bytes(&self) -> Result<Vec<u8>, ProfileError> {
        let archive =
            rkyv::to_bytes::<rancor::Error>(self).map_err(|error| ProfileError::Serialise {
                reason: error.to_string(),
            })?;
        let mut file = Vec::with_capacity(HEADER + archive.len());
        file.extend_from_slice(MAGIC);
        file.extend_from_slice(&VERSION.to_le_bytes());
        file.extend_from_slice(&crc32fast::hash(&archive).to_le_bytes());
        file.extend_from_slice(&(archive.len() as u64).to_le_bytes());
        file.resize(HEADER, 0);
        file.extend_from_slice(&archive);
        Ok(file)
    }

    /// Writes the profile under a temporary name beside `path`, then renames it, so that readers
    /// see the old file or the new one, never half of one.
    pub fn write(&self, path: &Path) -> Result<(), ProfileError> {
        let bytes = self.to_bytes()?;
        replace(path, &bytes).map_err(|source| ProfileError::Io {
            verb: "write",
            path: path.to_owned(),
            source,
        })
    }
}

fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    let mut file = builder.tempfile_in(folder.unwrap_or(Path::new(".")))?;
    file.write_all(bytes)?;
    file.persist(path)?;
    Ok(())
}

/// The archive inside a profile file, header and checksum checked.
pub(crate) fn archive(file: &[u8]) -> Result<&[u8], ProfileError> {
    if slice_at(file, 0, MAGIC.len()) != Some(MAGIC) {
        return Err(ProfileError::NotAProfile);
    }
    let truncated = |expected: u64| ProfileError::Truncated {
        found: file.len() as u64,
        expected,
    };
    let version = u32_at(file, 8).ok_or_else(|| truncated(HEADER as u64))?;
    if version != VERSION {
        return Err(ProfileError::OtherVersion {
            found: version,
            expected: VERSION,
        });
    }
    let (crc, length) = u32_at(file, 12)
        .zip(u64_at(file, 16))
        .ok_or_else(|| truncated(HEADER as u64))?;
    let archive = usize::try_from(length)
        .ok()
        .and_then(|length| slice_at(file, HEADER, length))
        .ok_or_else(|| truncated(length.saturating_add(HEADER as u64)))?;
    if file.len() != HEADER + archive.len() {
        return Err(corrupt("there is data after its end"));
    }
    if crc32fast::hash(archive) != crc {
        return Err(corrupt("its checksum does not match"));
    }
    Ok(archive)
}

pub(crate) fn corrupt(reason: impl ToString) -> ProfileError {
    ProfileError::Corrupt {
        reason: reason.to_string(),
    }
}
