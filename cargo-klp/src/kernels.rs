// SPDX-License-Identifier: GPL-2.0-only
//! The kernels that klp knows: a folder each, with the profile, its BTF and the image to boot.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use klp_link::profile::{Profile, ProfileBuilder, ProfileData, ProfileError, extract_vmlinux};

pub use klp_types::kernel::{KERNEL_VARIABLE, Kernel, all, find, selected};

use crate::btf;
use crate::error::{Error, Result};
use crate::home::Home;
use crate::vm::Vm;

/// A virtual machine for a kernel.
///
/// From 6.4 on the scheduler itself is patched at the start and end of each transition (the static key
/// `klp_sched_try_switch_key`), and under QEMU's emulator another processor may then run into the
/// breakpoint that stands there for a moment. Such kernels get one processor.
pub fn machine(kernel: &Kernel) -> Vm {
    let mut vm = Vm::new(&kernel.image);
    if series(&kernel.release) >= (6, 4) {
        vm.cpus = 1;
    }
    vm
}

/// The first two numbers of a release.
pub(crate) fn series(release: &str) -> (u32, u32) {
    let mut numbers = release.split('.').map(|part| part.parse().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}

/// Opens a kernel's profile; one that an older klp made is made again, from the image that was kept.
///
/// # Errors
///
/// When the file is not a profile, or damaged, or an old one cannot be made again.
pub fn open(kernel: &Kernel) -> Result<Profile> {
    let opened = match Profile::open(&kernel.profile) {
        Err(ProfileError::OtherVersion { found, expected })
            if found < expected && kernel.image.is_file() =>
        {
            renew(kernel)?;
            Profile::open(&kernel.profile)
        }
        opened => opened,
    };
    opened.map_err(|source| Error::Profile {
        path: kernel.profile.clone(),
        source,
    })
}

/// Makes a profile again. The modules that the old one had are not kept as files: those that are
/// missing later are asked for by name.
fn renew(kernel: &Kernel) -> Result {
    let bytes = fs::read(&kernel.image).map_err(Error::io("read", &kernel.image))?;
    store(kernel, &profile_of(&kernel.image, &bytes)?.build())?;
    eprintln!("{}", renewed(kernel));
    Ok(())
}

fn renewed(kernel: &Kernel) -> String {
    format!(
        "klp: the profile of kernel {} was an older klp's and was made again from its image; add \
         modules that you patch again, by `cargo klp kernel add-module`",
        kernel.release
    )
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
    let profile = with_modules(profile_of(image, &bytes)?, modules)?;
    let kernel = Kernel::named(home, profile.release());
    let folder = home.kernel(&kernel.release);
    fs::create_dir_all(&folder).map_err(Error::io("create", &folder))?;
    write_atomically(&kernel.image, &bytes)?;
    btf::forget(&kernel)?;
    write_profile(&kernel, &profile)?;
    choose_again(home, &kernel)?;
    Ok(kernel)
}

/// The beginning of a profile: the kernel whose image is in `bytes`.
fn profile_of(image: &Path, bytes: &[u8]) -> Result<ProfileBuilder> {
    let vmlinux = extract_vmlinux(bytes).map_err(|source| Error::Image {
        path: image.to_owned(),
        source,
    })?;
    ProfileBuilder::from_vmlinux(&vmlinux).map_err(|source| Error::Build {
        path: image.to_owned(),
        source,
    })
}

/// Makes the first kernel the default one, and otherwise writes the same choice again: by the age of
/// that file builds see that there may be a later kernel of the series that they want.
fn choose_again(home: &Home, first: &Kernel) -> Result {
    let path = home.default_kernel();
    let choice = fs::read(&path).unwrap_or_else(|_| first.release.clone().into_bytes());
    write_atomically(&path, &choice)
}

/// Adds modules to the profile of a kernel that is known already; a module that is there is
/// replaced.
///
/// # Errors
///
/// When a module cannot be read, or is another kernel's; nothing is changed then.
pub fn add_modules(kernel: &Kernel, modules: &[PathBuf]) -> Result {
    let builder =
        ProfileBuilder::from_profile(&open(kernel)?).map_err(|source| Error::Profile {
            path: kernel.profile.clone(),
            source,
        })?;
    write_profile(kernel, &with_modules(builder, modules)?)
}

/// The release of the kernel that this machine runs.
pub fn running() -> String {
    let names = rustix::system::uname();
    names.release().to_string_lossy().into_owned()
}

/// The image of the kernel that this machine runs, where distributions put it.
pub fn running_image() -> PathBuf {
    Path::new("/boot").join(format!("vmlinuz-{}", running()))
}

/// Makes `kernel` the one that patches are built for unless they say otherwise.
///
/// # Errors
///
/// When the choice cannot be written.
pub fn make_default(home: &Home, kernel: &Kernel) -> Result {
    write_atomically(&home.default_kernel(), kernel.release.as_bytes())
}

fn with_modules(mut builder: ProfileBuilder, modules: &[PathBuf]) -> Result<ProfileData> {
    for path in modules {
        let bytes = fs::read(path).map_err(Error::io("read", path))?;
        builder.add_module(&bytes).map_err(|source| Error::Build {
            path: path.clone(),
            source,
        })?;
    }
    Ok(builder.build())
}

fn write_profile(kernel: &Kernel, profile: &ProfileData) -> Result {
    store(kernel, profile)?;
    btf::ensure(kernel)
}

fn store(kernel: &Kernel, profile: &ProfileData) -> Result {
    let written = profile.write(&kernel.profile);
    written.map_err(|source| Error::Profile {
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

#[cfg(test)]
mod tests {
    use super::series;

    #[test]
    fn releases_compare_by_number() {
        assert_eq!(series("6.1.0-56-cloud-amd64"), (6, 1));
        assert!(series("6.12.95+deb12-cloud-amd64") > (6, 4));
        assert!(series("7.2.12+deb13-cloud-amd64") > (6, 12));
        assert_eq!(series("odd"), (0, 0));
    }
}
