// SPDX-License-Identifier: GPL-2.0-only
//! Plain imports of what the kernel has but does not export, and of what it does not have.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

unsafe extern "C" {
    fn kallsyms_lookup_name(name: *const c_char) -> u64;
    fn seq_putz(file: *mut seq_file, c: c_char);
    static __start_rodata: u8;
}

/// # Safety
/// Called by seq_file.
#[livepatch(object = "vmlinux")]
unsafe extern "C" fn cmdline_proc_show(m: *mut seq_file, _v: *mut c_void) -> c_int {
    // SAFETY: nothing is ever run.
    unsafe {
        seq_putz(m, __start_rodata as c_char);
        kallsyms_lookup_name(core::ptr::null()) as c_int
    }
}
