// SPDX-License-Identifier: GPL-2.0-only
//! There are fewer functions of this name.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

#[livepatch(object = "vmlinux", sympos = 99)]
extern "C" fn state_show() -> isize {
    0
}

#[livepatch(object = "vmlinux", sympos = 2)]
extern "C" fn cmdline_proc_show() -> c_int {
    0
}
