// SPDX-License-Identifier: GPL-2.0-only
//! The crates that a patch depends on, carried inside the command and unpacked for new patches.

use std::fs;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use crate::error::{Error, Result};
use crate::home::Home;

/// The version of klp, and of the crates it carries.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

static CODES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../klp-codes");
static KERNEL: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../klp-kernel");
static MACROS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../klp-macros");
static RUNTIME: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../klp-runtime");
static TYPES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../klp-types");
const WORKSPACE: &str = include_str!("../../Cargo.toml");

/// The carried crates, by the folder they have in the workspace.
fn carried() -> [(&'static str, &'static Dir<'static>); 5] {
    [
        ("klp-codes", &CODES),
        ("klp-kernel", &KERNEL),
        ("klp-macros", &MACROS),
        ("klp-runtime", &RUNTIME),
        ("klp-types", &TYPES),
    ]
}

/// The folder of the crates that came with this command, unpacked anew each time: it is small, and
/// so never out of date.
///
/// # Errors
///
/// When the folder cannot be written.
pub fn unpack(home: &Home) -> Result<PathBuf> {
    let folder = home.crates(VERSION);
    let parent = folder.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(Error::io("create", parent))?;
    let staging = tempfile::tempdir_in(parent).map_err(Error::io("create", parent))?;
    for (name, dir) in carried() {
        let target = staging.path().join(name);
        fs::create_dir(&target).map_err(Error::io("create", &target))?;
        dir.extract(&target).map_err(Error::io("write", &target))?;
    }
    let manifest = staging.path().join("Cargo.toml");
    fs::write(&manifest, workspace()?).map_err(Error::io("write", &manifest))?;
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(Error::io("remove", &folder))?;
    }
    fs::rename(staging.keep(), &folder).map_err(Error::io("write", &folder))?;
    Ok(folder)
}

/// The workspace's manifest with no other members than the carried crates.
fn workspace() -> Result<String> {
    let broken = |reason: String| Error::Manifest {
        path: "Cargo.toml".into(),
        reason,
    };
    let mut manifest: toml::Table =
        toml::from_str(WORKSPACE).map_err(|error| broken(error.to_string()))?;
    let workspace = manifest
        .get_mut("workspace")
        .and_then(toml::Value::as_table_mut);
    let workspace = workspace.ok_or_else(|| broken("no workspace".into()))?;
    let members: Vec<_> = carried().iter().map(|(name, _)| (*name).into()).collect();
    workspace.insert("members".into(), toml::Value::Array(members));
    workspace.remove("exclude");
    Ok(manifest.to_string())
}
