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
        let candidates = [PathBuf::from("rustc"), PathBuf::from(DEBIAN_RUSTC)];
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
