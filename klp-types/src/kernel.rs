// SPDX-License-Identifier: GPL-2.0-only
//! The kernels that klp knows, a folder each, and which of them a patch is built for.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::{Home, KernelError};

/// The environment variable that chooses a kernel by release or by its beginning, such as `6.12`.
pub const KERNEL_VARIABLE: &str = "KLP_KERNEL";

/// A kernel that klp knows.
#[derive(Clone, Debug)]
pub struct Kernel {
    /// Its release, as `uname -r` has it.
    pub release: String,
    /// Its profile.
    pub profile: PathBuf,
    /// Its image, for virtual machines.
    pub image: PathBuf,
    /// Its raw BTF, taken from the profile: see [`crate::Folder`].
    pub btf: PathBuf,
}

impl Kernel {
    /// Where the kernel of this release is kept, known or not.
    pub fn named(home: &Home, release: &str) -> Self {
        let folder = home.kernel(release);
        Self {
            release: release.to_owned(),
            profile: folder.join("profile"),
            image: folder.join("vmlinuz"),
            btf: folder.join("btf"),
        }
    }
}

/// All kernels that klp knows, by release.
pub fn all(home: &Home) -> Vec<Kernel> {
    let folders = fs::read_dir(home.kernels()).into_iter().flatten().flatten();
    let mut releases: Vec<_> = folders
        .filter(|folder| folder.path().join("profile").is_file())
        .filter_map(|folder| folder.file_name().into_string().ok())
        .collect();
    releases.sort();
    releases
        .iter()
        .map(|release| Kernel::named(home, release))
        .collect()
}

/// The kernel to build for: `$KLP_KERNEL`, else `wanted` (from a patch's manifest), else the
/// default.
///
/// # Errors
///
/// When there is no such kernel; the message says how to add it.
pub fn selected(home: &Home, wanted: Option<&str>) -> Result<Kernel, KernelError> {
    let variable = env::var(KERNEL_VARIABLE)
        .ok()
        .filter(|value| !value.is_empty());
    let default = || fs::read_to_string(home.default_kernel()).ok();
    let wanted = variable
        .or_else(|| wanted.map(str::to_owned))
        .or_else(default)
        .ok_or(KernelError::NoKernel)?;
    let wanted = wanted.trim();
    let known = all(home);
    let exact = known.iter().find(|kernel| kernel.release == wanted);
    let series = || {
        known
            .iter()
            .rfind(|kernel| kernel.release.starts_with(&format!("{wanted}.")))
    };
    exact
        .or_else(series)
        .cloned()
        .ok_or_else(|| match known.as_slice() {
            [] => KernelError::NoKernel,
            known => KernelError::UnknownKernel {
                wanted: wanted.to_owned(),
                known: releases(known),
            },
        })
}

/// `package.metadata.klp.kernel` of the manifest in `folder`.
///
/// # Errors
///
/// When the manifest cannot be read.
pub fn wanted_by(folder: &Path) -> Result<Option<String>, KernelError> {
    let path = folder.join("Cargo.toml");
    let manifest = fs::read_to_string(&path).map_err(|error| error.to_string());
    let manifest = manifest.and_then(|text| {
        let table: Result<toml::Table, _> = text.parse();
        table.map_err(|error| error.to_string())
    });
    let manifest = manifest.map_err(|reason| KernelError::Manifest { path, reason })?;
    let klp = manifest
        .get("package")
        .and_then(|package| package.get("metadata")?.get("klp")?.get("kernel"));
    Ok(klp.and_then(toml::Value::as_str).map(str::to_owned))
}

fn releases(kernels: &[Kernel]) -> String {
    let releases: Vec<_> = kernels
        .iter()
        .map(|kernel| kernel.release.as_str())
        .collect();
    releases.join(", ")
}
