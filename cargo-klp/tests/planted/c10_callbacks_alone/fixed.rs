// SPDX-License-Identifier: GPL-2.0-only
//! As the message says: what is about the patch itself is a callback of the kernel.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

#[post_patch(object = "vmlinux", no_undo = "it only says something")]
fn patched(_object: &Object) {
    pr_info!("the patch is at work");
}
