// SPDX-License-Identifier: GPL-2.0-only
//! The undo is named on the patch side.
use klp_kernel::prelude::*;

#[pre_unpatch(object = "vmlinux", undo = start)]
fn stop(_object: &Object) {}

#[post_unpatch(object = "vmlinux", no_undo = "prints only")]
fn release(_object: &Object) {}

#[post_patch(object = "vmlinux", undoes_nothing = "prints only")]
fn start(_object: &Object) {}

fn main() {}
