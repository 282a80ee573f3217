// SPDX-License-Identifier: GPL-2.0-only
//! Callbacks of the kernel itself.

use crate::callback_info;
use klp_kernel::prelude::*;

#[pre_patch(object = "vmlinux", undo = post_unpatch_callback)]
fn pre_patch_callback(object: &Object) -> Result {
    crate::pre_patch_callback(object)
}

#[post_patch(object = "vmlinux", undo = pre_unpatch_callback)]
fn post_patch_callback(object: &Object) {
    callback_info("post_patch_callback", object);
}

#[pre_unpatch(object = "vmlinux")]
fn pre_unpatch_callback(object: &Object) {
    callback_info("pre_unpatch_callback", object);
}

#[post_unpatch(object = "vmlinux")]
fn post_unpatch_callback(object: &Object) {
    callback_info("post_unpatch_callback", object);
}
