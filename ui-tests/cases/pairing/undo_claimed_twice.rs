// SPDX-License-Identifier: GPL-2.0-only
//! Two callbacks share one undo.
use klp_kernel::prelude::*;

#[pre_patch(object = "vmlinux", undo = release)]
fn acquire(_object: &Object) -> Result {
    Ok(())
}

#[pre_patch(object = "vmlinux", undo = release)]
fn acquire_more(_object: &Object) -> Result {
    Ok(())
}

#[post_unpatch(object = "vmlinux")]
fn release(_object: &Object) {}

fn main() {}
