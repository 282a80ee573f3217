// SPDX-License-Identifier: GPL-2.0-only
//! The main loops of kernel threads.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

#[livepatch(object = "vmlinux")]
extern "C" fn worker_thread(_worker: *mut c_void) -> c_int {
    0
}

#[livepatch(object = "vmlinux")]
extern "C" fn kthread(_create: *mut c_void) -> c_int {
    0
}
