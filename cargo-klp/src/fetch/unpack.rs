// SPDX-License-Identifier: GPL-2.0-only
//! From packages to directories: each appears whole or not at all.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::{
    FetchError, Package,
    apt::{Apt, Candidate, output, run},
    progress,
};

/// Downloads `packages` and unpacks them into one directory, named after the first; does nothing
/// if that is there already.
pub fn fetch(apt: &Apt, packages: &[Candidate], dest_dir: &Path) -> Result<Package, FetchError> {
    let Some(first) = packages.first() else {
        return Err(FetchError::NoPackage {
            name: String::new(),
            suite: String::new(),
        });
    };
    into_place(&first.name, &first.version, dest_dir, |root, scratch| {
        for package in packages {
            let _shown = progress::start(format!("fetching {} {}", package.name, package.version));
            apt.download(package, scratch)?;
        }
        let _shown = progress::start(format!("unpacking {}", first.name));
        debs(scratch)?.iter().try_for_each(|deb| extract(deb, root))
    })
}

/// Unpacks a package file.
pub fn unpack_file(deb: &Path, dest_dir: &Path) -> Result<Package, FetchError> {
    fs::File::open(deb).map_err(FetchError::io(deb))?;
    let name = field(deb, "Package")?;
    let version = field(deb, "Version")?;
    into_place(&name, &version, dest_dir, |root, _| {
        let _shown = progress::start(format!("unpacking {name}"));
        extract(deb, root)
    })
}

/// Lets `fill` make a directory aside, then renames it to its final name.
fn into_place(
    name: &str,
    version: &str,
    dest_dir: &Path,
    fill: impl FnOnce(&Path, &Path) -> Result<(), FetchError>,
) -> Result<Package, FetchError> {
    let root = dest_dir.join(format!("{name}_{}", version.replace(':', "%3a")));
    if !root.is_dir() {
        let aside = tempfile::Builder::new()
            .prefix(".fetch-")
            .tempdir_in(dest_dir);
        let aside = aside.map_err(FetchError::io(dest_dir))?;
        let [unpacked, scratch] = ["root", "scratch"].map(|name| aside.path().join(name));
        for directory in [&unpacked, &scratch] {
            fs::create_dir(directory).map_err(FetchError::io(directory))?;
        }
        fill(&unpacked, &scratch)?;
        fs::rename(&unpacked, &root).map_err(FetchError::io(&root))?;
    }
    Ok(Package {
        name: name.to_owned(),
        version: version.to_owned(),
        root,
    })
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
