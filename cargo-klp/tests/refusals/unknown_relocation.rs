// SPDX-License-Identifier: GPL-2.0-only
//! Assembly that reaches for a global offset table, which modules do not have.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

#[livepatch(object = "vmlinux")]
extern "C" fn cmdline_proc_show() -> c_int {
    // SAFETY: nothing is ever run.
    unsafe { core::arch::asm!("mov rax, [rip + jiffies@GOTPCREL]", out("rax") _) };
    0
}
