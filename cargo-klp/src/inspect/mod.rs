// SPDX-License-Identifier: GPL-2.0-only
//! What `cargo klp inspect` and `cargo klp diff` show.

mod diff;
mod report;

pub use diff::document as diff;
pub use report::document as report;

use std::fs::File;
use std::io::Read;
use std::path::Path;

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
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(Error::io("open", path))?;
    let read = file.take(LIMIT).read_to_end(&mut bytes);
    read.map_err(Error::io("read", path))?;
    inspect::read(&bytes).map_err(|source| Error::Inspect {
        path: path.to_owned(),
        source,
    })
}
