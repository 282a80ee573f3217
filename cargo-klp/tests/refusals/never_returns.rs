// SPDX-License-Identifier: GPL-2.0-only
//! A function that has no way back.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

#[livepatch(object = "vmlinux")]
extern "C" fn do_exit(_code: c_long) -> ! {
    loop {}
}
