// SPDX-License-Identifier: GPL-2.0-only
//! `cargo xtask bench`: klp beside what there is without it.

mod build;
mod runtime;

use anyhow::Result;

use crate::On;
use crate::repo::Repo;

/// What is measured.
#[derive(clap::Subcommand)]
pub enum Bench {
    /// Building a patch, beside the same patch in C, built by Kbuild.
    Build(On),
    /// klp.ko beside the kernel's own core: calls, transitions, shadow variables, loading.
    Runtime(On),
}

/// Measures.
pub fn run(repo: &Repo, bench: &Bench) -> Result<()> {
    match bench {
        Bench::Build(on) => build::run(repo, on.kernel),
        Bench::Runtime(on) => runtime::run(repo, on.kernel),
    }
}
