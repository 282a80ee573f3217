// SPDX-License-Identifier: GPL-2.0-only
//! The undo accompanies another object.
use klp_kernel::prelude::*;

#[pre_patch(object = "vmlinux", undo = release)]
fn acquire(_object: &Object) -> Result {
    Ok(())
}

#[post_unpatch(object = "e1000")]
fn release(_object: &Object) {}

fn main() {}
