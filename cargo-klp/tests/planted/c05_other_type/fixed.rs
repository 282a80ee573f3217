// SPDX-License-Identifier: GPL-2.0-only
//! As the message says: an integer of 4 bytes.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

#[livepatch(object = "vmlinux")]
extern "C" fn sched_setaffinity(_pid: c_int, _mask: *const c_void) -> c_long {
    -1
}
