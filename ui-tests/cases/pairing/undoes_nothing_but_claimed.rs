// SPDX-License-Identifier: GPL-2.0-only
//! It says that it undoes nothing, and yet it is an undo.
use klp_kernel::prelude::*;

#[pre_patch(object = "vmlinux", undo = release)]
fn acquire(_object: &Object) -> Result {
    Ok(())
}

#[post_unpatch(object = "vmlinux", undoes_nothing = "prints only")]
fn release(_object: &Object) {}

fn main() {}
