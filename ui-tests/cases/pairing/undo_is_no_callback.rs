// SPDX-License-Identifier: GPL-2.0-only
//! The undo lacks its attribute.
use klp_kernel::prelude::*;

#[pre_patch(object = "vmlinux", undo = release)]
fn acquire(_object: &Object) -> Result {
    Ok(())
}

fn release(_object: &Object) {}

fn main() {}
