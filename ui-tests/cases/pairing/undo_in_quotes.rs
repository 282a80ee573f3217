// SPDX-License-Identifier: GPL-2.0-only
//! The undo is a path, not a string.
use klp_kernel::prelude::*;

#[post_patch(object = "vmlinux", undo = "stop")]
fn start(_object: &Object) {}

#[post_patch(object = "vmlinux", undo = stop())]
fn start_more(_object: &Object) {}

fn main() {}
