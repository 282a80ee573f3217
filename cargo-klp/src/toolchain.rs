// SPDX-License-Identifier: GPL-2.0-only
//! Finds the Rust compiler that can build for the kernel: one with the sources of core.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::{Error, Result};

/// A compiler and its sources of core.
#[derive(Clone, Debug)]
pub struct Toolchain {
    /// The compiler.
    pub rustc: PathBuf,
    /// The folder of the compiler's own programs.
    bin: PathBuf,
    /// The folder that has `core/src/lib.rs`.
    pub library: PathBuf,
}

/// Debian's compiler, as `rustc-web` and `rustc` install it.
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";

/// The sources below a compiler's sysroot.
const LIBRARY: &str = "lib/rustlib/src/rust/library";

impl Toolchain {
    /// The active rustup toolchain, else Debian's compiler, whichever has the sources.
    ///
    /// # Errors
    ///
    /// When neither has; the message says how to install them.
    pub fn find() -> Result<Self> {
        Self::first_of(&["rustc", DEBIAN_RUSTC].map(PathBuf::from))
    }

    fn first_of(candidates: &[PathBuf]) -> Result<Self> {
        candidates
            .iter()
            .find_map(|rustc| Self::with_sources(rustc))
            .ok_or_else(|| Error::NoRustSource {
                tried: format!("the active toolchain and {DEBIAN_RUSTC}"),
                install: install_command(),
            })
    }

    /// clippy's driver for this very compiler.
    ///
    /// # Errors
    ///
    /// When it is not installed; the message says how to.
    pub fn clippy(&self) -> Result<PathBuf> {
        let driver = self.bin.join("clippy-driver");
        if driver.is_file() {
            return Ok(driver);
        }
        let install = match self.rustc.is_absolute() {
            true => "apt-get install rust-web-clippy",
            false => "rustup component add clippy",
        };
        Err(Error::NoClippy { driver, install })
    }

    fn with_sources(rustc: &Path) -> Option<Self> {
        let output = Command::new(rustc)
            .args(["--print", "sysroot"])
            .output()
            .ok()?;
        let sysroot = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim());
        let library = sysroot.join(LIBRARY);
        library.join("core/src/lib.rs").is_file().then(|| Self {
            rustc: rustc.to_owned(),
            bin: sysroot.join("bin"),
            library,
        })
    }
}

/// The one command that installs the sources on this machine.
fn install_command() -> &'static str {
    let debian = Path::new("/etc/debian_version").exists();
    if debian && !Path::new(DEBIAN_RUSTC).exists() {
        "apt-get install rustc-web rust-web-src"
    } else if debian {
        "apt-get install rust-src"
    } else {
        "rustup component add rust-src"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    /// A compiler whose sysroot is its own folder.
    fn compiler(folder: &Path) -> PathBuf {
        let path = folder.join("rustc");
        let script = format!("#!/bin/sh\necho '{}'\n", folder.display());
        fs::write(&path, script).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    #[test]
    fn a_compiler_without_sources_is_passed_over() {
        let (without, with) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let core = with.path().join(LIBRARY).join("core/src");
        fs::create_dir_all(&core).unwrap();
        fs::write(core.join("lib.rs"), "").unwrap();
        let (first, second) = (compiler(without.path()), compiler(with.path()));
        let candidates = ["/nonexistent/rustc".into(), first, second.clone()];
        assert_eq!(Toolchain::first_of(&candidates).unwrap().rustc, second);
        let error = Toolchain::first_of(&candidates[..2])
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("library sources") && error.contains("install"),
            "{error}"
        );
    }
}
