// SPDX-License-Identifier: GPL-2.0-only
//! As the message says: a function that the loop calls is replaced.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

#[livepatch(object = "vmlinux")]
extern "C" fn balance_pgdat(_node: *mut c_void, order: c_int, _highest: c_int) -> c_int {
    pr_info!("kswapd is awake");
    order
}
