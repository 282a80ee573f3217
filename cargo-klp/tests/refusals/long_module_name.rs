// SPDX-License-Identifier: GPL-2.0-only
//! The kernel has room for 55 letters.
//@ name: a-livepatch-with-a-name-that-is-longer-than-the-kernel-has-room-for
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

#[livepatch(object = "vmlinux")]
extern "C" fn cmdline_proc_show() -> c_int {
    0
}
