// SPDX-License-Identifier: GPL-2.0-only
//! Complaint 6. What a task leaves behind is to be seen, so `do_exit` is replaced.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

#[livepatch(object = "vmlinux")]
extern "C" fn do_exit(code: c_long) -> ! {
    pr_info!("a task ends with {code}");
    loop {}
}
