// SPDX-License-Identifier: GPL-2.0-only
//! A call of one of several functions of a name.
#![no_std]
#![no_main]
use core::ptr::null_mut;
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

#[kernel(object = "vmlinux")]
unsafe extern "C" {
    fn state_show(device: *mut c_void, attr: *mut c_void, text: *mut c_char) -> isize;
}

/// # Safety
/// Called by seq_file.
#[livepatch(object = "vmlinux")]
unsafe extern "C" fn cmdline_proc_show(_m: *mut seq_file, _v: *mut c_void) -> c_int {
    // SAFETY: nothing is ever run.
    unsafe { state_show(null_mut(), null_mut(), null_mut()) as c_int }
}
