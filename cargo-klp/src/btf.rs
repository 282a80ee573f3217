// SPDX-License-Identifier: GPL-2.0-only
//! The types in a kernel profile, laid out for macros: see [`klp_types::Folder`].

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use klp_types::Kernel;

use crate::error::{Error, Result};
use crate::kernels::{self, write_atomically};

/// Writes the folder of BTF, unless it is as new as the profile.
///
/// # Errors
///
/// When the profile cannot be read, or the folder not be written to.
pub fn ensure(kernel: &Kernel) -> Result {
    let complete = kernel.btf.join("vmlinux");
    if modified(&complete)? >= modified(&kernel.profile)? && complete.is_file() {
        return Ok(());
    }
    fs::create_dir_all(&kernel.btf).map_err(Error::io("create", &kernel.btf))?;
    let profile = kernels::open(kernel)?;
    // One without types leaves an empty file, which tells it from one that the profile lacks.
    for module in profile.objects().skip(1) {
        write_atomically(&kernel.btf.join(module.name()), module.btf())?;
    }
    // Last, because its presence says that all of them are there.
    write_atomically(&complete, profile.btf())
}

/// Removes the folder: the kernel is added anew, perhaps without modules that it had.
///
/// # Errors
///
/// When it cannot be removed.
pub fn forget(kernel: &Kernel) -> Result {
    match kernel.btf.exists() {
        true => fs::remove_dir_all(&kernel.btf).map_err(Error::io("remove", &kernel.btf)),
        false => Ok(()),
    }
}

/// When a file was written; long ago when it is not there.
fn modified(path: &Path) -> Result<SystemTime> {
    match fs::metadata(path) {
        Ok(found) => found.modified().map_err(Error::io("read", path)),
        Err(_) => Ok(SystemTime::UNIX_EPOCH),
    }
}
