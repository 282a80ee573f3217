// SPDX-License-Identifier: GPL-2.0-only
//! Assembly that takes the address of the return thunk.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

/// # Safety
/// Called by seq_file.
#[livepatch(object = "vmlinux")]
unsafe extern "C" fn cmdline_proc_show(_m: *mut seq_file, _v: *mut c_void) -> c_int {
    // SAFETY: nothing is ever run.
    unsafe { core::arch::asm!("lea rax, [rip + __x86_return_thunk]", out("rax") _) };
    0
}
