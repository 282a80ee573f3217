// SPDX-License-Identifier: GPL-2.0-only
//! A kernel's raw BTF in a folder of the same shape as `/sys/kernel/btf`: `vmlinux` and a file for
//! each module that has types of its own. Macros read it instead of the profile it was taken from.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::{Home, KernelError, Layout, LayoutError, kernel};

/// The environment variable that names the folder; `klp-rustc` sets it for rustc.
pub const BTF_VARIABLE: &str = "KLP_BTF";

/// The name of the file with the kernel's own types.
const VMLINUX: &str = "vmlinux";

/// A folder of raw BTF.
pub struct Folder(PathBuf);

/// Types that cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FolderError {
    /// No kernel is chosen.
    #[error(transparent)]
    Kernel(#[from] KernelError),
    /// A file cannot be read.
    #[error(
        "cannot read the kernel's types in {}: {source}; build once with cargo, or run \
         `cargo klp kernel add` again", path.display()
    )]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file is no BTF.
    #[error("{}: {source}", path.display())]
    Btf {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: LayoutError,
    },
}

impl Folder {
    /// The folder that `$KLP_BTF` names, else that of the kernel which the crate in `manifest` is
    /// built for.
    pub fn find(manifest: Option<&Path>) -> Result<Self, FolderError> {
        if let Some(folder) = env::var_os(BTF_VARIABLE).filter(|folder| !folder.is_empty()) {
            return Ok(Self(folder.into()));
        }
        let manifest =
            manifest.and_then(|folder| fs::read_to_string(folder.join("Cargo.toml")).ok());
        let wanted = manifest.as_deref().and_then(kernel::wanted_by);
        let kernel = kernel::selected(&Home::find()?, wanted)?;
        Ok(Self(kernel.btf))
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The kernel's own types.
    pub fn kernel(&self) -> Result<Layout, FolderError> {
        let path = self.0.join(VMLINUX);
        let bytes = read(&path)?;
        Layout::new(&bytes).map_err(|source| FolderError::Btf { path, source })
    }

    /// The types of a module on top of its kernel's; `None` when it has none of its own.
    pub fn module(&self, kernel: &Layout, name: &str) -> Result<Option<Layout>, FolderError> {
        let path = self.0.join(name);
        if !path.is_file() {
            return Ok(None);
        }
        let layout = Layout::with_split(kernel, &read(&path)?);
        layout
            .map(Some)
            .map_err(|source| FolderError::Btf { path, source })
    }
}

fn read(path: &Path) -> Result<Vec<u8>, FolderError> {
    fs::read(path).map_err(|source| FolderError::Io {
        path: path.to_owned(),
        source,
    })
}
