// SPDX-License-Identifier: GPL-2.0-only
//! A static that is aligned to more than a page.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

#[repr(align(8192))]
struct Big([u8; 8192]);

static BUFFER: Big = Big([1; 8192]);

/// # Safety
/// Called by seq_file.
#[livepatch(object = "vmlinux")]
unsafe extern "C" fn cmdline_proc_show(_m: *mut seq_file, _v: *mut c_void) -> c_int {
    c_int::from(core::hint::black_box(&BUFFER).0[0])
}
