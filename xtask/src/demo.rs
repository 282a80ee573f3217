// SPDX-License-Identifier: GPL-2.0-only
//! `cargo xtask demo`: from an annotated Rust function to a live kernel.

use anyhow::Result;
use xshell::cmd;

use crate::packages;
use crate::repo::{Repo, step};
use crate::series::Series;

/// Builds everything and runs the first example.
pub fn run(repo: &Repo, series: &Series) -> Result<()> {
    packages::ensure(&repo.shell, &packages::RUN)?;
    repo.build_tools()?;
    let kernel = repo.choose_kernel(series)?;
    step("building examples/cmdline: plain `cargo build`");
    repo.build_example("cmdline")?;
    step(&format!(
        "patching Linux {} in a virtual machine: `cargo run`",
        kernel.release
    ));
    let shell = &repo.shell;
    let _folder = shell.push_dir(repo.examples().join("cmdline"));
    cmd!(shell, "cargo run --quiet").quiet().run()?;
    Ok(())
}
