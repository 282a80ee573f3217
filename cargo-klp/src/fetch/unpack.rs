// SPDX-License-Identifier: GPL-2.0-only
//! From packages to directories: each appears whole or not at all.

use std::{
    fs, iter,
    path::{Path, PathBuf},
    process::Command,
};

use super::{
    FetchError, Package,
    apt::{Apt, Candidate, output, run},
    progress,
};
use crate::vm::protocol::checksum;

/// Downloads `main` and `more` and unpacks them into one directory, named after `main`; does
/// nothing if that is there already.
pub fn fetch(
    apt: &Apt,
    main: &Candidate,
    more: &[Candidate],
    dest_dir: &Path,
) -> Result<Package, FetchError> {
    let root = dest_dir.join(directory_name(&main.name, &main.version));
    let root = into_place(root, |root, scratch| {
        for package in iter::once(main).chain(more) {
            let _shown = progress::start(format!("fetching {} {}", package.name, package.version));
            apt.download(package, scratch)?;
        }
        let _shown = progress::start(format!("unpacking {}", main.name));
        debs(scratch)?.iter().try_for_each(|deb| extract(deb, root))
    })?;
    Ok(Package {
        name: main.name.clone(),
        version: main.version.clone(),
        root,
    })
}

/// Unpacks a package file. Its directory is named after the content too: locally built packages
/// change without changing their version.
pub fn unpack_file(deb: &Path, dest_dir: &Path) -> Result<Package, FetchError> {
    let content = fs::read(deb).map_err(FetchError::io(deb))?;
    let (name, version) = (field(deb, "Package")?, field(deb, "Version")?);
    let directory = format!(
        "{}_{:016x}",
        directory_name(&name, &version),
        checksum(&content)
    );
    let root = into_place(dest_dir.join(directory), |root, _| {
        let _shown = progress::start(format!("unpacking {name}"));
        extract(deb, root)
    })?;
    Ok(Package {
        name,
        version,
        root,
    })
}

/// The name of the directory of a package: what `:` would do to a search path is avoided.
fn directory_name(name: &str, version: &str) -> String {
    format!("{name}_{}", version.replace(':', "%3a"))
}

/// Lets `fill` make a directory aside, then renames it to `root`.
fn into_place(
    root: PathBuf,
    fill: impl FnOnce(&Path, &Path) -> Result<(), FetchError>,
) -> Result<PathBuf, FetchError> {
    if root.is_dir() {
        return Ok(root);
    }
    let parent = root.parent().unwrap_or(&root);
    let aside = tempfile::Builder::new()
        .prefix(".fetch-")
        .tempdir_in(parent);
    let aside = aside.map_err(FetchError::io(parent))?;
    let [unpacked, scratch] = ["root", "scratch"].map(|name| aside.path().join(name));
    for directory in [&unpacked, &scratch] {
        fs::create_dir(directory).map_err(FetchError::io(directory))?;
    }
    fill(&unpacked, &scratch)?;
    fs::rename(&unpacked, &root).map_err(FetchError::io(&root))?;
    Ok(root)
}

fn debs(directory: &Path) -> Result<Vec<PathBuf>, FetchError> {
    let entries = fs::read_dir(directory).map_err(FetchError::io(directory))?;
    Ok(entries.flatten().map(|entry| entry.path()).collect())
}

fn extract(deb: &Path, root: &Path) -> Result<(), FetchError> {
    let mut command = Command::new("dpkg-deb");
    command.arg("--extract").arg(deb).arg(root);
    run(command, "dpkg-deb")
}

fn field(deb: &Path, name: &str) -> Result<String, FetchError> {
    let mut command = Command::new("dpkg-deb");
    command.arg("--field").arg(deb).arg(name);
    let shown = format!("{command:?}").replace('"', "");
    let output = output(command, "dpkg-deb")?;
    if !output.status.success() {
        let messages = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(FetchError::Tool {
            command: shown,
            messages,
        });
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
