// SPDX-License-Identifier: GPL-2.0-only
//! Kernels and tools from the machine's own package archive, without installing anything.
//!
//! apt does the downloading and checks the signatures, but with lists, cache and settings of its
//! own, so that the machine's apt stays as it was. Nothing here needs to be root.

mod apt;
mod error;
mod kernel;
mod progress;
mod settings;
mod sources;
mod unpack;

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

pub use error::FetchError;
pub use kernel::KernelFiles;

use crate::vm::{libraries, protocol::BUSYBOX_PATH};
use apt::Apt;

/// The package whose dependency is today's kernel for virtual machines.
const DEFAULT_KERNEL: &str = "linux-image-cloud-amd64";
const BUSYBOX: &str = "busybox-static";

/// A package that has been fetched and unpacked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version in the archive.
    pub version: String,
    /// The directory that stands for `/` of its files.
    pub root: PathBuf,
}

/// Fetches a kernel: `package`, the newest of a series such as `6.12`, or the archive's current one,
/// from `suite`, or from the machine's own release. The result is below `dest_dir`, and is found there again the next time.
pub fn fetch_debian_kernel(
    package: Option<&str>,
    suite: Option<&str>,
    dest_dir: &Path,
) -> Result<KernelFiles, FetchError> {
    let _lock = lock(dest_dir)?;
    let apt = Apt::open(dest_dir, suite)?;
    let package = match package {
        Some(series) if series.starts_with(|c: char| c.is_ascii_digit()) => {
            kernel::of_series(&apt, series)?
        }
        name => name.unwrap_or(DEFAULT_KERNEL).to_owned(),
    };
    let (main, more) = kernel::packages(&apt, &package)?;
    let fetched = unpack::fetch(&apt, &main, &more, dest_dir)?;
    kernel::locate(fetched)
}

/// Unpacks a kernel from a package file that is already there.
pub fn kernel_from_deb(deb: &Path, dest_dir: &Path) -> Result<KernelFiles, FetchError> {
    let _lock = lock(dest_dir)?;
    kernel::locate(unpack::unpack_file(deb, dest_dir)?)
}

/// Fetches one package, without what it depends on.
pub fn fetch_package(
    name: &str,
    suite: Option<&str>,
    dest_dir: &Path,
) -> Result<Package, FetchError> {
    let _lock = lock(dest_dir)?;
    let apt = Apt::open(dest_dir, suite)?;
    let wanted = apt.candidate(name)?;
    unpack::fetch(&apt, &wanted, &[], dest_dir)
}

/// A busybox that runs anywhere: the machine's own if it is static, else a fetched one.
pub fn static_busybox(dest_dir: &Path) -> Result<PathBuf, FetchError> {
    let own = Path::new(BUSYBOX_PATH);
    if libraries::is_static(own) {
        return Ok(own.to_owned());
    }
    let package = fetch_package(BUSYBOX, None, dest_dir)?;
    let places = ["bin/busybox", "usr/bin/busybox"].map(|place| package.root.join(place));
    let found = places.into_iter().find(|file| libraries::is_static(file));
    found.ok_or(FetchError::Content {
        package: package.name,
        missing: "a static bin/busybox",
    })
}

/// Keeps other processes out of `dest_dir` until the result is dropped.
fn lock(dest_dir: &Path) -> Result<File, FetchError> {
    fs::create_dir_all(dest_dir).map_err(FetchError::io(dest_dir))?;
    let path = dest_dir.join(".lock");
    let file = File::create(&path).map_err(FetchError::io(&path))?;
    file.lock().map_err(FetchError::io(&path))?;
    Ok(file)
}
