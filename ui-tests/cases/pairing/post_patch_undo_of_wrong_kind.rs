// SPDX-License-Identifier: GPL-2.0-only
//! post_patch is undone by pre_unpatch, not by post_unpatch.
use klp_kernel::prelude::*;

#[post_patch(object = "vmlinux", undo = release)]
fn start(_object: &Object) {}

#[post_unpatch(object = "vmlinux")]
fn release(_object: &Object) {}

fn main() {}
