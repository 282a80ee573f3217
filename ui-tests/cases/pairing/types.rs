// SPDX-License-Identifier: GPL-2.0-only
//! Types that only the compiler can tell.
use klp_kernel::prelude::*;

#[pre_patch(object = "vmlinux", no_undo = "prints only")]
fn as_in_c(_object: &Object) -> c_int {
    0
}

#[post_patch(object = "vmlinux", no_undo = "prints only")]
fn raw(_object: *mut c_void) {}

fn main() {}
