// SPDX-License-Identifier: GPL-2.0-only
//! `[package.metadata.klp]` of a patch crate's `Cargo.toml`.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::cores::{CORE_VARIABLE, Core};
use crate::error::{Error, Result};

/// What a patch crate says about itself.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Manifest {
    /// The core that the patch runs on, unless [`CORE_VARIABLE`] says otherwise.
    pub core: Core,
    /// Whether the crate is a core: its module is kept beside the kernel's image.
    pub provides_core: bool,
    /// The kernel it is built for: a release, or its beginning such as `6.12`.
    pub kernel: Option<String>,
    /// What `cargo run` shows.
    pub run: RunConfig,
}

/// `[package.metadata.klp.run]`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct RunConfig {
    /// A command whose output shows what the patch changes.
    pub command: Option<String>,
    /// Target modules to load, relative to the manifest.
    pub modules: Vec<PathBuf>,
    /// When they are loaded.
    pub load: Load,
}

/// When target modules are loaded.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Load {
    /// Before the patch.
    #[default]
    Before,
    /// After the patch: the kernel patches them as they come.
    After,
}

#[derive(Deserialize)]
struct File {
    package: Option<Package>,
}

#[derive(Deserialize)]
struct Package {
    metadata: Option<Metadata>,
}

#[derive(Deserialize)]
struct Metadata {
    klp: Option<Manifest>,
}

impl Manifest {
    /// Reads the manifest in `folder`; without a `klp` table, the defaults.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or has a key that klp does not know.
    pub fn read(folder: &Path) -> Result<Self> {
        let path = folder.join("Cargo.toml");
        let text = fs::read_to_string(&path).map_err(Error::io("read", &path))?;
        let file: File = toml::from_str(&text).map_err(|error| Error::Manifest {
            path,
            reason: error.to_string(),
        })?;
        let metadata = file.package.and_then(|package| package.metadata);
        Ok(metadata
            .and_then(|metadata| metadata.klp)
            .unwrap_or_default())
    }

    /// The core that the patch runs on: `$KLP_CORE`, else the manifest's.
    ///
    /// # Errors
    ///
    /// When the variable names none.
    pub fn core(&self) -> Result<Core> {
        match env::var(CORE_VARIABLE).as_deref() {
            Err(_) | Ok("") => Ok(self.core),
            Ok(name) => {
                let core = Core::ALL.into_iter().find(|core| core.name() == name);
                core.ok_or_else(|| Error::UnknownCore {
                    name: name.to_owned(),
                })
            }
        }
    }

    /// The manifest of the crate that cargo is building or running.
    ///
    /// # Errors
    ///
    /// As [`Manifest::read`].
    pub fn of_cargo() -> Result<Self> {
        match env::var_os("CARGO_MANIFEST_DIR") {
            Some(folder) => Self::read(Path::new(&folder)),
            None => Ok(Self::default()),
        }
    }
}
