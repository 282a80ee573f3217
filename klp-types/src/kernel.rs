// SPDX-License-Identifier: GPL-2.0-only
//! The kernels that klp knows, a folder each, and which of them a patch is built for.

use std::env;
use std::fs;
use std::path::PathBuf;

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
    /// klp's core, once it has been built for this kernel.
    pub core: PathBuf,
    /// Its raw BTF, taken from the profile: see [`crate::Folder`].
    pub btf: PathBuf,
}

impl Kernel {
    /// Where the kernel of this release is kept, known or not.
    pub fn named(home: &Home, release: &str) -> Self {
        Self::kept_in(home.kernel(release), release.to_owned())
    }

    /// The kernel with this folder of raw BTF, wherever it is kept.
    pub(crate) fn of_types(btf: PathBuf) -> Self {
        let folder = btf.parent().map(PathBuf::from).unwrap_or_default();
        let release = folder.file_name().unwrap_or_default().to_string_lossy();
        let release = release.into_owned();
        Self {
            btf,
            ..Self::kept_in(folder, release)
        }
    }

    fn kept_in(folder: PathBuf, release: String) -> Self {
        Self {
            release,
            profile: folder.join("profile"),
            image: folder.join("vmlinuz"),
            core: folder.join("klp.ko"),
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
    let (wanted, chosen_by) = choice(home, wanted).ok_or(KernelError::NoKernel)?;
    find(home, &wanted, chosen_by)
}

/// The kernel of this release, or the latest of this series (`6.12`); `chosen_by` says who wants it.
///
/// # Errors
///
/// When there is no such kernel.
pub fn find(home: &Home, wanted: &str, chosen_by: &'static str) -> Result<Kernel, KernelError> {
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
                chosen_by,
                wanted: wanted.to_owned(),
                known: releases(known),
            },
        })
}

/// The release that is asked for, and who asks.
fn choice(home: &Home, wanted: Option<&str>) -> Option<(String, &'static str)> {
    let variable = env::var(KERNEL_VARIABLE).ok();
    let default = || fs::read_to_string(home.default_kernel()).ok();
    let (text, chosen_by) = variable
        .filter(|value| !value.is_empty())
        .map(|value| (value, KERNEL_VARIABLE))
        .or_else(|| wanted.map(|value| (value.to_owned(), "`kernel` in Cargo.toml")))
        .or_else(|| default().map(|value| (value, "`cargo klp kernel default`")))?;
    Some((text.trim().to_owned(), chosen_by))
}

/// The `kernel` of the table `[package.metadata.klp]` in a manifest, where the key has a line of its
/// own. klp's tools read the manifest properly; this is for macros in an editor or linter, which run
/// without the tools, and a TOML parser would take longer to build than all of the macros.
pub fn wanted_by(manifest: &str) -> Option<&str> {
    let mut lines = manifest.lines().map(str::trim);
    lines.find(|line| *line == "[package.metadata.klp]")?;
    let mut table = lines.take_while(|line| !line.starts_with('['));
    let value =
        table.find_map(|line| line.strip_prefix("kernel")?.trim_start().strip_prefix('='))?;
    value.trim_start().strip_prefix('"')?.split('"').next()
}

fn releases(kernels: &[Kernel]) -> String {
    let releases: Vec<_> = kernels
        .iter()
        .map(|kernel| kernel.release.as_str())
        .collect();
    releases.join(", ")
}

#[cfg(test)]
mod tests {
    use super::wanted_by;

    #[test]
    fn the_key_is_found_in_its_table_only() {
        let manifest = "[package]\nname = \"a\"\nkernel = \"1\"\n\n[package.metadata.klp]\ncore = \"builtin\"\nkernel = \"6.12\" # why\n";
        assert_eq!(wanted_by(manifest), Some("6.12"));
        assert_eq!(
            wanted_by("[package.metadata.klp]\n[package.metadata.klp.run]\nkernel = \"1\""),
            None
        );
        assert_eq!(wanted_by(""), None);
    }
}
