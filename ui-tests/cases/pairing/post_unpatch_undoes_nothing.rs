// SPDX-License-Identifier: GPL-2.0-only
//! No pre_patch names it.
use klp_kernel::prelude::*;

#[post_unpatch(object = "vmlinux")]
fn release(_object: &Object) {}

fn main() {}
