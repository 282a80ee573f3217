// SPDX-License-Identifier: GPL-2.0-only
//! A patch callback says nothing about its undo.
use klp_kernel::prelude::*;

#[pre_patch(object = "vmlinux")]
fn acquire(_object: &Object) -> Result {
    Ok(())
}

#[post_patch(object = "vmlinux")]
fn start(_object: &Object) {}

fn main() {}
