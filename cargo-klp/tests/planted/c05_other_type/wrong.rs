// SPDX-License-Identifier: GPL-2.0-only
//! Complaint 5. Other tools say nothing of this: a `pid_t` is no `long`.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

#[livepatch(object = "vmlinux")]
extern "C" fn sched_setaffinity(_pid: c_long, _mask: *const c_void) -> c_long {
    -1
}
