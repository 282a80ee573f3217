// SPDX-License-Identifier: GPL-2.0-only
//! Numbers of the kernel by names of an odd form, and in a field that is too small.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

unsafe extern "C" {
    #[link_name = ".klp.field.klp_object"]
    static OFFSET: u8;
    #[link_name = ".klp.enum.MODULE_STATE_LIVE"]
    static STATE: u8;
}

/// # Safety
/// Called by seq_file.
#[livepatch(object = "vmlinux")]
unsafe extern "C" fn cmdline_proc_show(_m: *mut seq_file, _v: *mut c_void) -> c_int {
    // SAFETY: nothing is ever run.
    unsafe { core::arch::asm!("mov ax, offset {}", sym STATE, out("ax") _) };
    (&raw const OFFSET).addr() as c_int
}
