// SPDX-License-Identifier: GPL-2.0-only
//! Data that is gone once the kernel has booted.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

/// # Safety
/// Called by seq_file.
#[livepatch(object = "vmlinux")]
unsafe extern "C" fn cmdline_proc_show(_m: *mut seq_file, _v: *mut c_void) -> c_int {
    // SAFETY: nothing is ever run.
    unsafe { boot_command_line[0].into() }
}

#[kernel(object = "vmlinux")]
unsafe extern "C" {
    static boot_command_line: [c_char; 2048];
}
