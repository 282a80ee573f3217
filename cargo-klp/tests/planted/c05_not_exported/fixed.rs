// SPDX-License-Identifier: GPL-2.0-only
//! As the message says: it is declared in a `#[kernel]` block.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

#[kernel(object = "vmlinux")]
unsafe extern "C" {
    fn kallsyms_lookup_name(name: *const c_char) -> u64;
}

/// # Safety
/// Called by seq_file.
#[livepatch(object = "vmlinux")]
unsafe extern "C" fn cmdline_proc_show(_m: *mut seq_file, _v: *mut c_void) -> c_int {
    // SAFETY: the name ends with a NUL.
    let address = unsafe { kallsyms_lookup_name(c"jiffies".as_ptr()) };
    c_int::from(address != 0)
}
