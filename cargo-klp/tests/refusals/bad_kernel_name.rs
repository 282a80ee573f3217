// SPDX-License-Identifier: GPL-2.0-only
//! Hand-made names of the link step's.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

unsafe extern "C" {
    #[link_name = ".klp.sym.saved_command_line"]
    static LINE: u64;
}

#[livepatch(object = "vmlinux")]
extern "C" fn cmdline_proc_show() -> c_int {
    // SAFETY: nothing is ever run.
    unsafe { LINE as c_int }
}
