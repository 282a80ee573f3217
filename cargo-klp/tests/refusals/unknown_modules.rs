// SPDX-License-Identifier: GPL-2.0-only
//! Modules that the profile does not have, used in several ways: one message each.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

#[kernel(object = "e1000")]
unsafe extern "C" {
    static copybreak: u32;
    static debug: c_int;
}

#[livepatch(object = "e1000")]
extern "C" fn e1000_open() -> c_int {
    // SAFETY: nothing is ever run.
    unsafe { copybreak as c_int + debug }
}

#[livepatch(object = "e1000")]
extern "C" fn e1000_close() -> c_int {
    0
}

#[post_patch(object = "e1000", undo = stop)]
fn start(_object: &Object) {}

#[pre_unpatch(object = "e1000")]
fn stop(_object: &Object) {}

#[livepatch(object = "nvme_core")]
extern "C" fn nvme_free_ctrl() {}
