// SPDX-License-Identifier: GPL-2.0-only
//! The kernel exports some functions to GPL modules only.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "Proprietary" }

#[kernel(object = "vmlinux")]
unsafe extern "C" {
    /// `kernel/rcu/tree.c`; exported to GPL modules.
    fn synchronize_rcu();
}

#[livepatch(object = "vmlinux")]
extern "C" fn cmdline_proc_show() -> c_int {
    // SAFETY: nothing is ever run.
    unsafe { synchronize_rcu() };
    0
}
