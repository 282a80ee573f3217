// SPDX-License-Identifier: GPL-2.0-only
//! `cargo xtask bench`: klp's build against the same patch in C, side by side.

use anyhow::Result;

use crate::repo::Repo;

/// Not here yet.
pub fn run(_repo: &Repo) -> Result<()> {
    Ok(())
}
