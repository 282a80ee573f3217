// SPDX-License-Identifier: GPL-2.0-only
//! `cargo xtask debug`: klp's core on a kernel that checks itself for wrong locking, sleeping where
//! that is forbidden, and wrong use of memory.

mod locks;
mod mistakes;

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::thread::available_parallelism;

use anyhow::Result;
use cargo_klp::kernels::{self, Kernel};
use xshell::cmd;

use crate::packages::{self, Need, RUN, TEST};
use crate::repo::{Repo, step};
use crate::targets::Headers;
use crate::{soak, test};

/// What building a kernel takes besides.
const BUILD: [Need; 2] = [("flex", "flex"), ("bison", "bison")];
/// The same, without programs of its own.
const LIBRARIES: [(&str, &str); 2] = [
    ("/usr/include/libelf.h", "libelf-dev"),
    ("/usr/src/linux-source-6.1.tar.xz", "linux-source-6.1"),
];

/// Builds the kernel if it is not there yet, and runs the tests of klp's core on it.
pub fn run() -> Result<()> {
    // Its release starts as that of Debian's kernel does, whose name would find this one.
    let repo = &Repo::with_kernels_in("target/klp-debug")?;
    packages::ensure(&repo.shell, &[&RUN[..], &TEST[..], &BUILD[..]].concat())?;
    packages::ensure_files(&repo.shell, &LIBRARIES)?;
    repo.build_tools()?;
    share_core_library(repo)?;
    let tree = build(repo)?;
    let kernel = kernels::add(&repo.home, &image(&tree), &[])?;
    repo.shell.set_var("KLP_KERNEL", &kernel.release);
    check(repo, &kernel, &Headers::of_tree(tree))
}

/// What is compiled for the other kernels here was so with their core library, and is used again.
fn share_core_library(repo: &Repo) -> Result<()> {
    let shared = "../klp/sysroots";
    repo.shell.create_dir(repo.home.path().join(shared))?;
    let link = repo.home.path().join("sysroots");
    if !link.exists() {
        symlink(shared, link)?;
    }
    Ok(())
}

/// The tree with the kernel.
fn build(repo: &Repo) -> Result<PathBuf> {
    let folder = repo.home.path();
    let tree = folder.join("linux-source-6.1");
    if image(&tree).exists() {
        return Ok(tree);
    }
    step("building a kernel that checks itself, from linux-source-6.1");
    let (shell, archive) = (&repo.shell, LIBRARIES[1].0);
    cmd!(shell, "tar -C {folder} -xf {archive}").quiet().run()?;
    let _folder = shell.push_dir(&tree);
    let config = repo.root.join("xtask/debug/config");
    cmd!(shell, "make -s tinyconfig")
        .quiet()
        .ignore_stdout()
        .run()?;
    cmd!(shell, "scripts/kconfig/merge_config.sh -m .config {config}")
        .quiet()
        .ignore_stdout()
        .run()?;
    cmd!(shell, "make -s olddefconfig")
        .quiet()
        .ignore_stderr()
        .run()?;
    let jobs = available_parallelism()?.to_string();
    cmd!(shell, "make -s -j {jobs} bzImage modules")
        .quiet()
        .run()?;
    Ok(tree)
}

fn image(tree: &Path) -> PathBuf {
    tree.join("arch/x86/boot/bzImage")
}

/// Everything that is tested with klp's core.
fn check(repo: &Repo, kernel: &Kernel, headers: &Headers) -> Result<()> {
    mistakes::make(repo, kernel)?;
    test::prepare_modules(repo, kernel, headers)?;
    locks::look(repo, kernel)?;
    step(&format!("tests of klp's core on Linux {}", kernel.release));
    test::ignored(repo, "-p cargo-klp --test transcripts", "on-klp/")?;
    test::ignored(
        repo,
        "-p cargo-klp --test failures --test company --test jumps",
        "",
    )?;
    soak::cycles(repo, kernel, headers, 20, 1)
}
