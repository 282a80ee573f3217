// SPDX-License-Identifier: GPL-2.0-only
//! The kernel has room for 55 letters.
//@ name: a-livepatch-with-a-name-that-is-longer-than-the-kernel-has-room-for
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

/// # Safety
/// Called by seq_file.
#[livepatch(object = "vmlinux")]
unsafe extern "C" fn cmdline_proc_show(_m: *mut seq_file, _v: *mut c_void) -> c_int {
    0
}
