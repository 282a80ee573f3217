// SPDX-License-Identifier: GPL-2.0-only
//! Where klp keeps what it makes once: kernel profiles, the kernel's core library, downloads.

use std::env;
use std::path::{Path, PathBuf};

use crate::KernelError;

/// klp's folder: `$KLP_HOME`, else `klp` in the user's data folder.
#[derive(Clone, Debug)]
pub struct Home(PathBuf);

impl Home {
    /// The folder that the environment names.
    ///
    /// # Errors
    ///
    /// When neither `KLP_HOME` nor `XDG_DATA_HOME` nor `HOME` is set.
    pub fn find() -> Result<Self, KernelError> {
        let set = |name| {
            env::var_os(name)
                .filter(|value| !value.is_empty())
                .map(PathBuf::from)
        };
        set("KLP_HOME")
            .or_else(|| set("XDG_DATA_HOME").map(|data| data.join("klp")))
            .or_else(|| set("HOME").map(|home| home.join(".local/share/klp")))
            .map(Self)
            .ok_or(KernelError::NoHome)
    }

    /// A folder given by name.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The folder of all kernels.
    pub fn kernels(&self) -> PathBuf {
        self.0.join("kernels")
    }

    /// The folder of one kernel: profile and image.
    pub fn kernel(&self, release: &str) -> PathBuf {
        self.kernels().join(release)
    }

    /// The file that holds the release of the default kernel.
    pub fn default_kernel(&self) -> PathBuf {
        self.kernels().join("default")
    }

    /// The folder of core libraries, one for each compiler and set of flags.
    pub fn sysroots(&self) -> PathBuf {
        self.0.join("sysroots")
    }

    /// The folder of the crates that came with a version of klp.
    pub fn crates(&self, version: &str) -> PathBuf {
        self.0.join("crates").join(version)
    }

    /// The folder of downloaded packages.
    pub fn downloads(&self) -> PathBuf {
        self.0.join("downloads")
    }
}
