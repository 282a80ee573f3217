// SPDX-License-Identifier: GPL-2.0-only
//! A kernel's raw BTF in a folder of the same shape as `/sys/kernel/btf`: `vmlinux` and a file for
//! each module of the profile, empty where it has no types. Macros read it instead of the profile it
//! was taken from.

use klp_codes::{Code, codes};
use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::{Home, Kernel, KernelError, Layout, LayoutError, kernel};

/// The environment variable that names a folder of raw BTF.
pub const BTF_VARIABLE: &str = "KLP_BTF";

/// The name of the file with the kernel's own types.
const VMLINUX: &str = "vmlinux";

/// The folder of a kernel.
pub struct Folder(Kernel);

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
    /// The profile lacks the module.
    #[error(
        "the profile of kernel {kernel} has no module `{module}`: if the name is right, run `cargo \
         klp kernel add-module PATH/{module}.ko` with the module's file of this kernel"
    )]
    NoModule {
        /// The kernel's release.
        kernel: String,
        /// The module.
        module: String,
    },
    /// The module came without BTF.
    #[error(
        "module `{module}` of kernel {kernel} was built without type information (BTF): make it \
         from its debug info by `pahole -J --btf_base={} PATH/{module}.ko`, then run `cargo klp \
         kernel add-module` again", base.display()
    )]
    NoModuleBtf {
        /// The kernel's release.
        kernel: String,
        /// The module.
        module: String,
        /// The kernel's own types.
        base: PathBuf,
    },
    /// The kernel came without BTF.
    #[error(transparent)]
    NoBtf(LayoutError),
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
    ///
    /// The variable is for crates that no kernel runs, such as examples in documentation.
    pub fn find(manifest: Option<&Path>) -> Result<Self, FolderError> {
        if let Some(btf) = env::var_os(BTF_VARIABLE).filter(|btf| !btf.is_empty()) {
            return Ok(Self(Kernel::of_types(btf.into())));
        }
        let manifest =
            manifest.and_then(|folder| fs::read_to_string(folder.join("Cargo.toml")).ok());
        let wanted = manifest.as_deref().and_then(kernel::wanted_by);
        Ok(Self(kernel::selected(&Home::find()?, wanted)?))
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.0.btf
    }

    /// The kernel's own types.
    pub fn kernel(&self) -> Result<Layout, FolderError> {
        let path = self.path().join(VMLINUX);
        let bytes = read(&path)?;
        Layout::new(&self.0.release, &bytes).map_err(|source| match source {
            LayoutError::NoBtf { .. } => FolderError::NoBtf(source),
            source => FolderError::Btf { path, source },
        })
    }

    /// The types of a module on top of its kernel's. The file of one without any is empty.
    pub fn module(&self, kernel: &Layout, name: &str) -> Result<Layout, FolderError> {
        let path = self.path().join(name);
        let (release, module) = (self.0.release.clone(), name.to_owned());
        if !path.is_file() {
            return Err(FolderError::NoModule {
                kernel: release,
                module,
            });
        }
        match read(&path)?.as_slice() {
            [] => Err(FolderError::NoModuleBtf {
                kernel: release,
                module,
                base: self.path().join(VMLINUX),
            }),
            btf => {
                Layout::with_split(kernel, btf).map_err(|source| FolderError::Btf { path, source })
            }
        }
    }
}

impl FolderError {
    /// The message's code.
    pub fn code(&self) -> Code {
        match self {
            Self::Kernel(error) => error.code(),
            Self::Io { .. } => codes::UNREADABLE_TYPES,
            Self::NoModule { .. } | Self::NoModuleBtf { .. } => codes::NO_MODULE_TYPES,
            Self::NoBtf(error) | Self::Btf { source: error, .. } => error.code(),
        }
    }

    /// Whether it is only a module that has no types.
    pub fn is_of_module(&self) -> bool {
        matches!(self, Self::NoModule { .. } | Self::NoModuleBtf { .. })
    }
}

fn read(path: &Path) -> Result<Vec<u8>, FolderError> {
    fs::read(path).map_err(|source| FolderError::Io {
        path: path.to_owned(),
        source,
    })
}
