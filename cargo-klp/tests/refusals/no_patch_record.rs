// SPDX-License-Identifier: GPL-2.0-only
//! `klp::patch!` is missing.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

#[livepatch(object = "vmlinux")]
extern "C" fn cmdline_proc_show() -> c_int {
    0
}
