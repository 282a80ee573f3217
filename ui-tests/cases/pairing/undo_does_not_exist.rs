// SPDX-License-Identifier: GPL-2.0-only
//! A misspelt undo.
use klp_kernel::prelude::*;

#[pre_patch(object = "vmlinux", undo = relase)]
fn acquire(_object: &Object) -> Result {
    Ok(())
}

#[post_unpatch(object = "vmlinux", undoes_nothing = "for this case")]
fn release(_object: &Object) {}

fn main() {}
