// SPDX-License-Identifier: GPL-2.0-only
//! Complaint 10. Meant for when the patch is loaded, the callback waits for a module.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

#[post_patch(object = "klp_target", no_undo = "it only says something")]
fn patched(_object: &Object) {
    pr_info!("the patch is at work");
}
