// SPDX-License-Identifier: GPL-2.0-only
//! Fetches from the package archive of the machine that runs the tests.

use cargo_klp::fetch::{FetchError, fetch_debian_kernel, fetch_package, kernel_from_deb};

#[test]
#[ignore = "downloads packages: run by cargo xtask test"]
fn busybox_is_fetched_once() {
    let dir = tempfile::tempdir().unwrap();
    let first = fetch_package("busybox-static", None, dir.path()).unwrap();
    assert!(
        first.root.join("bin/busybox").is_file() || first.root.join("usr/bin/busybox").is_file()
    );
    assert_eq!(
        fetch_package("busybox-static", None, dir.path()).unwrap(),
        first
    );
}

#[test]
#[ignore = "downloads packages: run by cargo xtask test"]
fn todays_kernel_is_fetched() {
    let dir = tempfile::tempdir().unwrap();
    let kernel = fetch_debian_kernel(None, None, dir.path()).unwrap();
    assert!(kernel.vmlinuz.is_file() && kernel.modules_dir.is_dir());
    assert!(kernel.package.contains(&kernel.release), "{kernel:?}");
}

#[test]
#[ignore = "downloads packages: run by cargo xtask test"]
fn an_unknown_package_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let error = fetch_package("no-such-package-klp", None, dir.path()).unwrap_err();
    assert!(matches!(error, FetchError::NoPackage { .. }), "{error}");
}

#[test]
fn a_file_that_is_no_package_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let missing = kernel_from_deb(&dir.path().join("x.deb"), dir.path()).unwrap_err();
    assert!(matches!(missing, FetchError::Io { .. }), "{missing}");
}
