// SPDX-License-Identifier: GPL-2.0-only
//! What `cargo klp inspect`, `cargo klp diff` and `cargo klp check` show.

mod diff;
mod fit;
mod report;

pub use diff::document as diff;
pub use fit::document as fit;
pub use report::document as report;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use klp_link::info::Info;
use klp_link::inspect::{self, Report};

use crate::error::{Error, Result};

/// The largest file that is read, in bytes: a device has no end.
const LIMIT: u64 = 256 << 20;

/// Reads a patch's file.
///
/// # Errors
///
/// When it cannot be read, or is no live patch.
pub fn read(path: &Path) -> Result<Report> {
    let bytes = bytes(path)?;
    inspect::read(&bytes).map_err(refused(path))
}

/// Reads what klp noted of a patch in its file.
///
/// # Errors
///
/// When the file cannot be read, or has no such notes.
pub fn info(path: &Path) -> Result<Info> {
    let info = inspect::info(&bytes(path)?).map_err(refused(path))?;
    // Older versions of klp did not note types.
    let whole = info.filter(|info| info.types.is_some());
    whole.ok_or_else(|| Error::NotDescribed {
        path: path.to_owned(),
    })
}

fn bytes(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(Error::io("open", path))?;
    let read = file.take(LIMIT).read_to_end(&mut bytes);
    read.map_err(Error::io("read", path))?;
    Ok(bytes)
}

fn refused(path: &Path) -> impl FnOnce(inspect::Error) -> Error {
    let path = path.to_owned();
    move |source| Error::Inspect { path, source }
}
