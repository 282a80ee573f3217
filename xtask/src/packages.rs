// SPDX-License-Identifier: GPL-2.0-only
//! Programs from the distribution that a task needs: installed as root, else named.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use cargo_klp::toolchain::Toolchain;
use xshell::{Shell, cmd};

/// A program and the Debian package that has it.
pub type Need = (&'static str, &'static str);

/// What every task needs.
pub const RUN: [Need; 2] = [
    ("qemu-system-x86_64", "qemu-system-x86"),
    ("ld", "binutils"),
];

/// What tests and benchmarks need besides.
pub const TEST: [Need; 8] = [
    ("gcc", "gcc"),
    ("make", "make"),
    ("modinfo", "kmod"),
    ("readelf", "binutils"),
    ("bc", "bc"),
    ("xz", "xz-utils"),
    ("pahole", "dwarves"),
    ("rust-analyzer", "rust-web-analyzer"),
];

/// A Rust compiler with its library sources and clippy, for where the active toolchain has no
/// sources.
const RUST: [&str; 3] = ["rustc-web", "rust-web-src", "rust-web-clippy"];

/// Makes sure that `needs` and a compiler for the kernel are there.
pub fn ensure(shell: &Shell, needs: &[Need]) -> Result<()> {
    let mut missing: Vec<&str> = needs
        .iter()
        .filter(|(program, _)| !is_installed(shell, program))
        .map(|(_, package)| *package)
        .collect();
    if Toolchain::find().is_err() {
        missing.extend(RUST);
    }
    missing.dedup();
    install(shell, &missing)
}

/// Makes sure that files are there, each by the package that has it.
pub fn ensure_files(shell: &Shell, needs: &[(&str, &str)]) -> Result<()> {
    let missing = needs.iter().filter(|(file, _)| !Path::new(file).exists());
    let missing: Vec<_> = missing.map(|(_, package)| *package).collect();
    install(shell, &missing)
}

fn install(shell: &Shell, missing: &[&str]) -> Result<()> {
    if missing.is_empty() {
        return Ok(());
    }
    if !rustix::process::geteuid().is_root() {
        bail!(
            "programs are missing; run\n    sudo apt-get install {}",
            missing.join(" ")
        );
    }
    println!("installing {}", missing.join(", "));
    let _environment = shell.push_env("DEBIAN_FRONTEND", "noninteractive");
    cmd!(shell, "apt-get update -qq").quiet().run()?;
    cmd!(
        shell,
        "apt-get install -y -qq --no-install-recommends {missing...}"
    )
    .quiet()
    .ignore_stdout()
    .run()?;
    Ok(())
}

/// Whether a program is on the PATH, or where Debian puts those of the administrator.
fn is_installed(shell: &Shell, program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain([PathBuf::from("/usr/sbin")])
        .map(|folder| folder.join(program))
        .any(|file| file.is_file() && !is_stand_in(shell, &file))
}

/// Whether a program is rustup's, for a component that is not installed.
fn is_stand_in(shell: &Shell, file: &Path) -> bool {
    let is_rustup = |file: PathBuf| file.file_name() == Some(OsStr::new("rustup"));
    let version = || cmd!(shell, "{file} --version").quiet().ignore_stdout();
    file.canonicalize().is_ok_and(is_rustup) && version().ignore_stderr().run().is_err()
}
