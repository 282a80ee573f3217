// SPDX-License-Identifier: GPL-2.0-only
//! Two files replace one function; one of them gives its position, the other does not.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

mod other;

/// # Safety
/// Called by seq_file.
#[livepatch(object = "vmlinux")]
unsafe extern "C" fn cmdline_proc_show(_m: *mut seq_file, _v: *mut c_void) -> c_int {
    0
}
//@ file: other.rs
//! The other file.
use klp_kernel::prelude::*;

/// # Safety
/// Called by seq_file.
#[livepatch(object = "vmlinux", symbol = "cmdline_proc_show", sympos = 1)]
unsafe extern "C" fn cmdline(_m: *mut seq_file, _v: *mut c_void) -> c_int {
    0
}
