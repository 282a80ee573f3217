// SPDX-License-Identifier: GPL-2.0-only
//! pre_patch is undone by post_unpatch, not by pre_unpatch.
use klp_kernel::prelude::*;

#[pre_patch(object = "vmlinux", undo = stop)]
fn acquire(_object: &Object) -> Result {
    Ok(())
}

#[pre_unpatch(object = "vmlinux")]
fn stop(_object: &Object) {}

fn main() {}
