// SPDX-License-Identifier: GPL-2.0-only
//! A call of one of several functions of a name.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

#[kernel(object = "vmlinux")]
unsafe extern "C" {
    fn state_show() -> isize;
}

#[livepatch(object = "vmlinux")]
extern "C" fn cmdline_proc_show() -> c_int {
    // SAFETY: nothing is ever run.
    unsafe { state_show() as c_int }
}
