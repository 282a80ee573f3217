// SPDX-License-Identifier: GPL-2.0-only
//! As the message says: a function that it calls is replaced.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

#[livepatch(object = "vmlinux")]
extern "C" fn wq_worker_sleeping(_task: *mut c_void) {
    pr_info!("a worker goes to sleep");
}
