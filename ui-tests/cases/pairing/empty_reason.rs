// SPDX-License-Identifier: GPL-2.0-only
//! A reason is a reason only when it says something.
use klp_kernel::prelude::*;

#[post_patch(object = "vmlinux", no_undo = " ")]
fn start(_object: &Object) {}

#[pre_unpatch(object = "vmlinux", undoes_nothing = "")]
fn stop(_object: &Object) {}

fn main() {}
