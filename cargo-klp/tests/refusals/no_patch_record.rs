// SPDX-License-Identifier: GPL-2.0-only
//! `klp::patch!` is missing.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

/// # Safety
/// Called by seq_file.
#[livepatch(object = "vmlinux")]
unsafe extern "C" fn cmdline_proc_show(_m: *mut seq_file, _v: *mut c_void) -> c_int {
    0
}
