// SPDX-License-Identifier: GPL-2.0-only
//! The file of a patch, looked at before the kernel gets it.

use std::fs;
use std::path::{Path, PathBuf};

use klp_link::profile::Modinfo;

use super::{CORE_MODULE, Core, MachineError};

/// A module's file and what it says of itself.
#[derive(Clone, Debug)]
pub struct PatchFile {
    /// Where it is.
    pub path: PathBuf,
    info: Modinfo,
}

impl PatchFile {
    /// A live patch, for whichever kernel.
    ///
    /// # Errors
    ///
    /// When it is something else, or cannot be read.
    pub fn patch(path: &Path) -> Result<Self, MachineError> {
        let file = Self::open(path)?;
        match file.info.livepatch {
            true => Ok(file),
            false => Err(MachineError::NotAPatch { path: file.path }),
        }
    }

    /// klp's core for the kernel `running`.
    ///
    /// # Errors
    ///
    /// When it is something else, or cannot be read.
    pub fn core(path: &Path, running: &str) -> Result<Self, MachineError> {
        let file = Self::open(path)?;
        if file.info.name != CORE_MODULE {
            return Err(MachineError::NotTheCore {
                path: file.path,
                name: file.info.name,
            });
        }
        file.fits(running)?;
        Ok(file)
    }

    /// The module's name.
    pub fn name(&self) -> &str {
        &self.info.name
    }

    /// Of klp's core, its version.
    pub(super) fn version(&self) -> Option<&str> {
        self.info.version.as_deref()
    }

    /// The core that it runs on.
    pub fn runs_on(&self) -> Core {
        match self.info.depends.iter().any(|module| module == CORE_MODULE) {
            true => Core::Klp,
            false => Core::Builtin,
        }
    }

    fn open(path: &Path) -> Result<Self, MachineError> {
        let owned = path.to_owned();
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(source) => {
                return Err(MachineError::File {
                    path: owned,
                    source,
                });
            }
        };
        match Modinfo::of_module(&bytes) {
            Ok(info) => Ok(Self { path: owned, info }),
            Err(source) => Err(MachineError::NotAModule {
                path: owned,
                source,
            }),
        }
    }

    /// Refuses another kernel than the one that it is for.
    pub(super) fn fits(&self, running: &str) -> Result<(), MachineError> {
        if self.info.release() == running {
            return Ok(());
        }
        Err(MachineError::OtherKernel {
            wanted: self.info.release().to_owned(),
            path: self.path.clone(),
            running: running.to_owned(),
        })
    }
}

#[cfg(test)]
impl PatchFile {
    /// The same with a version.
    pub(super) fn with_version(mut self, version: &str) -> Self {
        self.info.version = Some(version.to_owned());
        self
    }

    /// A patch for kernel 6.1.0.
    pub(super) fn of_6_1_0(name: &str, depends: &[&str]) -> Self {
        Self {
            path: format!("{name}.ko").into(),
            info: Modinfo {
                name: name.to_owned(),
                vermagic: "6.1.0 SMP ".to_owned(),
                srcversion: None,
                depends: depends.iter().map(|&name| name.to_owned()).collect(),
                livepatch: true,
                version: None,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, depends: &[&str]) -> PatchFile {
        PatchFile::of_6_1_0(name, depends)
    }

    #[test]
    fn the_core_is_what_a_patch_depends_on() {
        assert_eq!(file("fix", &["klp"]).runs_on(), Core::Klp);
        assert_eq!(file("fix", &["a_driver"]).runs_on(), Core::Builtin);
    }

    #[test]
    fn both_kernels_are_named() {
        assert!(file("fix", &[]).fits("6.1.0").is_ok());
        let error = file("fix", &[]).fits("6.12.1").unwrap_err().to_string();
        assert!(
            error.contains("fix.ko is for kernel 6.1.0, and this machine runs 6.12.1"),
            "{error}"
        );
        assert!(error.contains("KLP_KERNEL=6.12.1 cargo build"), "{error}");
    }

    #[test]
    fn what_is_no_module_is_refused_by_name() {
        let error = PatchFile::patch(Path::new("Cargo.toml")).unwrap_err();
        assert!(matches!(error, MachineError::NotAModule { .. }), "{error}");
        assert!(error.to_string().starts_with("Cargo.toml: "), "{error}");
        let error = PatchFile::patch(Path::new("nonexistent.ko")).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("cannot read nonexistent.ko: "),
            "{error}"
        );
    }
}
