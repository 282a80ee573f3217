// SPDX-License-Identifier: GPL-2.0-only
//! A patch callback cannot undo another.
use klp_kernel::prelude::*;

#[pre_patch(object = "vmlinux", undo = start)]
fn acquire(_object: &Object) -> Result {
    Ok(())
}

#[post_patch(object = "vmlinux", no_undo = "prints only")]
fn start(_object: &Object) {}

fn main() {}
