// SPDX-License-Identifier: GPL-2.0-only
//! A function and a variable that the kernel does not have, and one that it has freed.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

#[kernel(object = "vmlinux")]
unsafe extern "C" {
    static saved_comand_line: *const c_char;
    static loops_per_jiffie: u64;
    fn kallsyms_lookup_nam(name: *const c_char) -> u64;
    fn start_kernel();
}

#[livepatch(object = "vmlinux")]
extern "C" fn cmdline_proc_show() -> c_int {
    // SAFETY: nothing is ever run.
    unsafe {
        if loops_per_jiffie == 0 {
            start_kernel();
        }
        kallsyms_lookup_nam(saved_comand_line) as c_int
    }
}
