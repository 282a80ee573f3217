// SPDX-License-Identifier: GPL-2.0-only
//! The kernels that klp knows: a folder each, with the profile and the image to boot.

use std::env;
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use klp_link::profile::{Profile, ProfileBuilder, extract_vmlinux};

use crate::error::{Error, Result};
use crate::home::Home;

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
}

impl Kernel {
    fn named(home: &Home, release: &str) -> Self {
        let folder = home.kernel(release);
        Self {
            release: release.to_owned(),
            profile: folder.join("profile"),
            image: folder.join("vmlinuz"),
        }
    }

    /// Opens the profile.
    ///
    /// # Errors
    ///
    /// When the file is not a profile, or damaged.
    pub fn open(&self) -> Result<Profile> {
        Profile::open(&self.profile).map_err(|source| Error::Profile {
            path: self.profile.clone(),
            source,
        })
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
pub fn selected(home: &Home, wanted: Option<&str>) -> Result<Kernel> {
    let (wanted, chosen_by) = choice(home, wanted).ok_or(Error::NoKernel)?;
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
            [] => Error::NoKernel,
            known => Error::UnknownKernel {
                chosen_by,
                known: releases(known),
                wanted,
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

fn releases(kernels: &[Kernel]) -> String {
    let releases: Vec<_> = kernels
        .iter()
        .map(|kernel| kernel.release.as_str())
        .collect();
    releases.join(", ")
}

/// Adds the kernel of `image`, with the modules that are to be patched.
///
/// The first kernel becomes the default.
///
/// # Errors
///
/// When the image or a module cannot be read; nothing is changed then.
pub fn add(home: &Home, image: &Path, modules: &[PathBuf]) -> Result<Kernel> {
    let bytes = fs::read(image).map_err(Error::io("read", image))?;
    let vmlinux = extract_vmlinux(&bytes).map_err(|source| Error::Image {
        path: image.to_owned(),
        source,
    })?;
    let builder = ProfileBuilder::from_vmlinux(&vmlinux).map_err(|source| Error::Build {
        path: image.to_owned(),
        source,
    })?;
    let profile = with_modules(builder, modules)?;
    let kernel = Kernel::named(home, profile.release());
    let folder = home.kernel(&kernel.release);
    fs::create_dir_all(&folder).map_err(Error::io("create", &folder))?;
    write_atomically(&kernel.image, &bytes)?;
    write_profile(&kernel, &profile)?;
    if !home.default_kernel().exists() {
        make_default(home, &kernel)?;
    }
    Ok(kernel)
}

/// Adds modules to the profile of a kernel that is known already; a module that is there is
/// replaced.
///
/// # Errors
///
/// When a module cannot be read, or is another kernel's; nothing is changed then.
pub fn add_modules(kernel: &Kernel, modules: &[PathBuf]) -> Result {
    let builder =
        ProfileBuilder::from_profile(&kernel.open()?).map_err(|source| Error::Profile {
            path: kernel.profile.clone(),
            source,
        })?;
    write_profile(kernel, &with_modules(builder, modules)?)
}

/// The image of the kernel that this machine runs, where distributions put it.
pub fn running_image() -> PathBuf {
    let release = rustix::system::uname()
        .release()
        .to_string_lossy()
        .into_owned();
    Path::new("/boot").join(format!("vmlinuz-{release}"))
}

/// Makes `kernel` the one that patches are built for unless they say otherwise.
///
/// # Errors
///
/// When the choice cannot be written.
pub fn make_default(home: &Home, kernel: &Kernel) -> Result {
    write_atomically(&home.default_kernel(), kernel.release.as_bytes())
}

fn with_modules(
    mut builder: ProfileBuilder,
    modules: &[PathBuf],
) -> Result<klp_link::profile::ProfileData> {
    for path in modules {
        let bytes = fs::read(path).map_err(Error::io("read", path))?;
        builder.add_module(&bytes).map_err(|source| Error::Build {
            path: path.clone(),
            source,
        })?;
    }
    Ok(builder.build())
}

fn write_profile(kernel: &Kernel, profile: &klp_link::profile::ProfileData) -> Result {
    profile
        .write(&kernel.profile)
        .map_err(|source| Error::Profile {
            path: kernel.profile.clone(),
            source,
        })
}

/// Writes a file under a temporary name and renames it: nobody ever sees half of it.
///
/// # Errors
///
/// When the folder cannot be written to.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result {
    let folder = path.parent().unwrap_or(Path::new("."));
    let readable = fs::Permissions::from_mode(0o644);
    let mut file = tempfile::Builder::new()
        .permissions(readable)
        .tempfile_in(folder)
        .map_err(Error::io("write to", folder))?;
    file.write_all(bytes).map_err(Error::io("write", path))?;
    file.persist(path)
        .map(drop)
        .map_err(|error| Error::io("write", path)(error.error))
}
