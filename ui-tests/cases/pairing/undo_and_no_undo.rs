// SPDX-License-Identifier: GPL-2.0-only
//! Either, not both.
use klp_kernel::prelude::*;

#[post_patch(object = "vmlinux", undo = stop, no_undo = "prints only")]
fn start(_object: &Object) {}

#[pre_unpatch(object = "vmlinux", undoes_nothing = "for this case")]
fn stop(_object: &Object) {}

fn main() {}
