// SPDX-License-Identifier: GPL-2.0-only
//! Several drivers have a function of this name, and the author does not say which is meant.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

#[livepatch(object = "vmlinux")]
extern "C" fn state_show() -> isize {
    0
}
