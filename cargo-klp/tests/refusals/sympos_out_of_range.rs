// SPDX-License-Identifier: GPL-2.0-only
//! There are fewer functions of this name.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

#[livepatch(object = "vmlinux", sympos = 99)]
extern "C" fn state_show(_device: *mut c_void, _attr: *mut c_void, _text: *mut c_char) -> isize {
    0
}

/// # Safety
/// Called by seq_file.
#[livepatch(object = "vmlinux", sympos = 2)]
unsafe extern "C" fn cmdline_proc_show(_m: *mut seq_file, _v: *mut c_void) -> c_int {
    0
}
