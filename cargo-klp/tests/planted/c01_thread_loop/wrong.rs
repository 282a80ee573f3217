// SPDX-License-Identifier: GPL-2.0-only
//! Complaint 1. kswapd is to be seen in the log, so its main loop is replaced.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

#[livepatch(object = "vmlinux")]
extern "C" fn kswapd(_node: *mut c_void) -> c_int {
    pr_info!("kswapd is awake");
    0
}
