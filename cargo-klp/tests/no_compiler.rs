// SPDX-License-Identifier: GPL-2.0-only
//! A patch is built without a C compiler, make or kernel headers.

use std::env;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

/// All that a build may run: cargo and rustc (rustup's proxies want each other), the linker proper,
/// and what the checkout's own tool links need. The compiler's own driver is not among them.
const ALLOWED: [&str; 7] = [
    "cargo", "rustc", "rustup", "ld", "sh", "basename", "dirname",
];

fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

/// klp's macros for the host were linked before, with the host's own linker like all of cargo's
/// build-time code; the patch itself is built from nothing here.
#[test]
#[ignore = "needs a kernel profile and built macros: run by cargo xtask test"]
fn a_patch_needs_neither_compiler_nor_make() {
    let folder = tempfile::tempdir().unwrap();
    for program in ALLOWED {
        if let Some(found) = find(program) {
            symlink(found, folder.path().join(program)).unwrap();
        }
    }
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let example = examples.join("cmdline");
    let module = examples.join("target/x86_64-unknown-none/debug/cmdline.ko");
    let cargo = |arguments: &[&str]| {
        Command::new("cargo")
            .args(arguments)
            .current_dir(&example)
            .env("PATH", folder.path())
            .env_remove("CARGO")
            .output()
            .unwrap()
    };
    let target = ["--target", "x86_64-unknown-none"];
    assert!(
        cargo(&[&["clean", "--quiet", "--package", "cmdline"], &target[..]].concat())
            .status
            .success()
    );
    let _ = fs::remove_file(&module);
    let build = cargo(&["build"]);
    let output = String::from_utf8_lossy(&build.stderr);
    assert!(build.status.success(), "{output}");
    assert!(output.contains("Compiling cmdline"), "{output}");
    assert!(module.is_file());
}
