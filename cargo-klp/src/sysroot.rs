// SPDX-License-Identifier: GPL-2.0-only
//! The core library for the kernel: built once for each compiler and set of flags, then kept.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::{Error, Result};
use crate::home::Home;
use crate::progress::Progress;
use crate::toolchain::Toolchain;

/// The target of all kernel code.
pub const TARGET: &str = "x86_64-unknown-none";

/// What makes code fit for an x86-64 kernel, for core and for every crate of a patch.
///
/// They are the same for all kernels, so that one build of core serves all: a kernel without
/// return thunks or IBT runs this code as well.
pub const KERNEL_FLAGS: [&str; 10] = [
    "-Crelocation-model=static",
    "-Ccode-model=kernel",
    "-Cforce-unwind-tables=yes",
    "-Zunstable-options",
    "-Cpanic=immediate-abort",
    "-Zfunction-return=thunk-extern",
    "-Zretpoline-external-thunk",
    "-Zcf-protection=branch",
    // Calls of memcpy and the like go straight to the function: the loader has no GOT.
    "-Zplt=yes",
    "-Cembed-bitcode=no",
];

/// rustc links this crate into every `no_std` crate; the kernel has the functions that it is for.
const COMPILER_BUILTINS: &str = "\
#![allow(internal_features)]
#![feature(compiler_builtins)]
#![compiler_builtins]
#![no_builtins]
#![no_std]
";

/// The sysroot of `toolchain`, built when it is not there yet.
///
/// # Errors
///
/// When core does not compile, or the cache cannot be written.
pub fn ensure(home: &Home, toolchain: &Toolchain) -> Result<PathBuf> {
    let sysroots = home.sysroots();
    let sysroot = sysroots.join(key(toolchain)?);
    if sysroot.is_dir() {
        return Ok(sysroot);
    }
    fs::create_dir_all(&sysroots).map_err(Error::io("create", &sysroots))?;
    let lock = sysroots.join("lock");
    let lock = fs::File::create(&lock).map_err(Error::io("create", &lock))?;
    lock.lock().map_err(Error::io("lock", &sysroots))?;
    // Somebody else may have built it while this process waited for the lock.
    if !sysroot.is_dir() {
        build(toolchain, &sysroots, &sysroot)?;
    }
    Ok(sysroot)
}

/// Names the compiler and the flags: another key, another sysroot.
///
/// # Errors
///
/// When the compiler cannot be run.
pub fn key(toolchain: &Toolchain) -> Result<String> {
    let version = Command::new(&toolchain.rustc)
        .arg("-vV")
        .output()
        .map_err(Error::io("run", &toolchain.rustc))?;
    let mut hasher = DefaultHasher::new();
    (version.stdout, KERNEL_FLAGS, &toolchain.library).hash(&mut hasher);
    Ok(format!("{:016x}", hasher.finish()))
}

fn build(toolchain: &Toolchain, sysroots: &Path, sysroot: &Path) -> Result {
    let progress = Progress::start("building core for the kernel (once for this compiler)");
    let staging = tempfile::tempdir_in(sysroots).map_err(Error::io("create", sysroots))?;
    let lib = staging.path().join("lib/rustlib").join(TARGET).join("lib");
    fs::create_dir_all(&lib).map_err(Error::io("create", &lib))?;
    let core = toolchain.library.join("core/src/lib.rs");
    compile(toolchain, staging.path(), &lib, "core", &core, "2024")?;
    let builtins = staging.path().join("compiler_builtins.rs");
    fs::write(&builtins, COMPILER_BUILTINS).map_err(Error::io("write", &builtins))?;
    compile(
        toolchain,
        staging.path(),
        &lib,
        "compiler_builtins",
        &builtins,
        "2024",
    )?;
    fs::rename(staging.keep(), sysroot).map_err(Error::io("rename to", sysroot))?;
    progress.finish("core is ready");
    Ok(())
}

fn compile(
    toolchain: &Toolchain,
    sysroot: &Path,
    lib: &Path,
    name: &str,
    source: &Path,
    edition: &str,
) -> Result {
    let output = Command::new(&toolchain.rustc)
        .env("RUSTC_BOOTSTRAP", "1")
        .args([
            "--target",
            TARGET,
            "--edition",
            edition,
            "--crate-type",
            "rlib",
        ])
        .args([
            "--crate-name",
            name,
            "-Copt-level=2",
            "-Cdebuginfo=0",
            "--cap-lints=allow",
        ])
        .args(KERNEL_FLAGS)
        .args(["-Cmetadata=klp", "-Cextra-filename=-klp", "--out-dir"])
        .arg(lib)
        .arg("--sysroot")
        .arg(sysroot)
        .arg(source)
        .output()
        .map_err(Error::io("run", &toolchain.rustc))?;
    if output.status.success() {
        return Ok(());
    }
    Err(Error::CoreFailed {
        output: String::from_utf8_lossy(&output.stderr).into_owned(),
        rustc: toolchain.rustc.clone(),
    })
}
