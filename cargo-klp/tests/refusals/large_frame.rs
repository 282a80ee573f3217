// SPDX-License-Identifier: GPL-2.0-only
//! A buffer that takes a good part of the kernel's stack.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

/// # Safety
/// Called by seq_file.
#[livepatch(object = "vmlinux")]
unsafe extern "C" fn cmdline_proc_show(_m: *mut seq_file, _v: *mut c_void) -> c_int {
    let mut buffer = [0u8; 4000];
    core::hint::black_box(&mut buffer);
    c_int::from(buffer[1])
}
