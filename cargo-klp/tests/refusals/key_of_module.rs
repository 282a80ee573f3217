// SPDX-License-Identifier: GPL-2.0-only
//! A static call of a function that belongs to a module.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

/// # Safety
/// Called by seq_file.
#[livepatch(object = "vmlinux")]
unsafe extern "C" fn cmdline_proc_show(_m: *mut seq_file, _v: *mut c_void) -> c_int {
    // SAFETY: nothing is ever run.
    unsafe {
        core::arch::asm!(
            "2: nop",
            ".pushsection .static_call_sites, \"awR\"",
            ".long 2b - .",
            ".long {} - .",
            ".popsection",
            sym klp_target_show,
        );
    }
    0
}

#[kernel(object = "klp_target")]
unsafe extern "C" {
    fn klp_target_show(m: *mut seq_file, v: *mut c_void) -> c_int;
}
