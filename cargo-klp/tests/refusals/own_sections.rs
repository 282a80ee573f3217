// SPDX-License-Identifier: GPL-2.0-only
//! Sections that are the link step's to make, or that the kernel does not know.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

#[used]
#[unsafe(link_section = ".modinfo")]
static ALIAS: [u8; 11] = *b"alias=klp1\0";

#[used]
#[unsafe(link_section = ".init_array")]
static CONSTRUCTOR: extern "C" fn() = constructor;

extern "C" fn constructor() {}

core::arch::global_asm!(".comm own_sections_common, 8");

/// # Safety
/// Called by seq_file.
#[livepatch(object = "vmlinux")]
unsafe extern "C" fn cmdline_proc_show(_m: *mut seq_file, _v: *mut c_void) -> c_int {
    // SAFETY: nothing is ever run.
    unsafe { core::arch::asm!("lea rax, [rip + own_sections_common]", out("rax") _) };
    0
}
