// SPDX-License-Identifier: GPL-2.0-only
//! Which packages make up a kernel, and where its files are in them.

use std::{
    fs, mem,
    path::{Path, PathBuf},
};

use super::{
    FetchError, Package,
    apt::{Apt, Candidate},
};

/// The packages that hold a kernel's files: newer releases split what `linux-image-*` was.
const PREFIXES: &[&str] = &["linux-image-", "linux-binary-", "linux-modules-"];
const UNSIGNED_BINARY: &str = "linux-binary-unsigned-";

/// A kernel ready to be booted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KernelFiles {
    /// The image.
    pub vmlinuz: PathBuf,
    /// What `uname -r` says in it.
    pub release: String,
    /// The directory of its modules.
    pub modules_dir: PathBuf,
    /// The package that it came from.
    pub package: String,
    /// That package's version.
    pub version: String,
}

/// The packages that `name` stands for: the one with the image, and the others.
pub fn packages(apt: &Apt, name: &str) -> Result<(Candidate, Vec<Candidate>), FetchError> {
    let mut main = apt.candidate(name)?;
    let mut more: Vec<Candidate> = Vec::new();
    let mut queue: Vec<String> = main.depends.clone();
    // An unsigned image depends on no modules; they are those of the signed one.
    queue.extend(
        name.strip_prefix(UNSIGNED_BINARY)
            .map(|rest| format!("linux-modules-{rest}")),
    );
    while let Some(name) = queue.pop() {
        let known = name == main.name || more.iter().any(|package| package.name == name);
        if known || !is_kernel(&name) {
            continue;
        }
        let mut found = apt.candidate(&name)?;
        queue.extend(found.depends.iter().cloned());
        if rank(&found) < rank(&main) {
            mem::swap(&mut found, &mut main);
        }
        more.push(found);
    }
    Ok((main, more))
}

/// The newest image of a series such as `6.12`, of the flavour for virtual machines.
pub fn of_series(apt: &Apt, series: &str) -> Result<String, FetchError> {
    let names = apt.names(&format!("{IMAGE}{series}"))?;
    let images = names.into_iter().filter(|name| is_of_series(name, series));
    images
        .max_by_key(|name| numbers(name))
        .ok_or_else(|| apt.no_package(&format!("{IMAGE}{series}…{FLAVOUR}")))
}

const IMAGE: &str = "linux-image-";
const FLAVOUR: &str = "-cloud-amd64";

fn is_of_series(name: &str, series: &str) -> bool {
    let rest = name
        .strip_prefix(IMAGE)
        .and_then(|name| name.strip_prefix(series));
    rest.is_some_and(|rest| rest.ends_with(FLAVOUR) && rest.starts_with(['.', '-', '+']))
}

/// The numbers in a name, in order: what versions are compared by.
fn numbers(name: &str) -> Vec<u64> {
    let parts = name.split(|c: char| !c.is_ascii_digit());
    parts.filter_map(|part| part.parse().ok()).collect()
}

fn is_kernel(name: &str) -> bool {
    PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// Packages with a version in their name before meta packages, images before modules.
fn rank(package: &Candidate) -> (bool, bool, String) {
    let meta = package
        .depends
        .iter()
        .any(|name| name.starts_with("linux-image-"));
    (
        meta,
        package.name.starts_with("linux-modules-"),
        package.name.clone(),
    )
}

/// Finds the kernel in unpacked packages.
pub fn locate(package: Package) -> Result<KernelFiles, FetchError> {
    let Package {
        name,
        version,
        root,
    } = package;
    let content = |missing| FetchError::Content {
        package: name.clone(),
        missing,
    };
    let modules = ["usr/lib/modules", "lib/modules"].map(|dir| entries(&root.join(dir)));
    let mut modules = modules.into_iter().flatten();
    let modules_dir = modules
        .next()
        .ok_or_else(|| content("a directory lib/modules/RELEASE"))?;
    let images = [entries(&root.join("boot")), entries(&modules_dir)]
        .into_iter()
        .flatten();
    let vmlinuz = images
        .into_iter()
        .find(|path| file_name(path).starts_with("vmlinuz"));
    let vmlinuz = vmlinuz.ok_or_else(|| content("a kernel image (vmlinuz)"))?;
    let release = file_name(&modules_dir);
    Ok(KernelFiles {
        vmlinuz,
        release,
        modules_dir,
        package: name,
        version,
    })
}

fn entries(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_of_a_series_counts_numbers() {
        assert!(is_of_series("linux-image-6.12.9+deb12-cloud-amd64", "6.12"));
        assert!(!is_of_series("linux-image-6.1.0-56-cloud-amd64", "6.12"));
        assert!(!is_of_series("linux-image-6.12.9-cloud-amd64", "6.1"));
        assert!(!is_of_series(
            "linux-image-6.12.9-cloud-amd64-unsigned",
            "6.12"
        ));
        assert!(numbers("linux-image-6.12.10") > numbers("linux-image-6.12.9"));
    }

    fn tree(files: &[&str]) -> (tempfile::TempDir, Package) {
        let dir = tempfile::tempdir().unwrap();
        for file in files.iter().map(|file| dir.path().join(file)) {
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, "").unwrap();
        }
        let root = dir.path().to_owned();
        (
            dir,
            Package {
                name: "p".into(),
                version: "1".into(),
                root,
            },
        )
    }

    #[test]
    fn both_layouts_are_known() {
        let (_dir, old) = tree(&[
            "boot/vmlinuz-6.1",
            "boot/config-6.1",
            "lib/modules/6.1/a.ko",
        ]);
        let files = locate(old).unwrap();
        assert_eq!(files.release, "6.1");
        assert!(files.vmlinuz.ends_with("boot/vmlinuz-6.1"));
        let (_dir, new) = tree(&["usr/lib/modules/7.2/vmlinuz.unsigned"]);
        let files = locate(new).unwrap();
        assert_eq!(files.release, "7.2");
        assert!(files.vmlinuz.ends_with("vmlinuz.unsigned"));
    }

    #[test]
    fn a_package_without_an_image_is_named() {
        let (_dir, package) = tree(&["lib/modules/6.1/a.ko"]);
        let error = locate(package).unwrap_err().to_string();
        assert!(
            error.contains("package p ") && error.contains("vmlinuz"),
            "{error}"
        );
    }
}
