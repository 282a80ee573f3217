// SPDX-License-Identifier: GPL-2.0-only
//! Ids that two source files of one patch use for different things.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

mod locks;

klp::patch! { license: "GPL", replace: true }

#[shadow(id = 7)]
unsafe static COUNT: Shadow<seq_file, c_int>;

#[shadow(id = 8)]
unsafe static SAME: Shadow<seq_file, c_int>;

#[state(id = 1, version = 1)]
unsafe static LIMIT: State<c_int>;

/// # Safety
/// Called by seq_file.
#[livepatch(object = "vmlinux")]
unsafe extern "C" fn cmdline_proc_show(_m: *mut seq_file, _v: *mut c_void) -> c_int {
    // SAFETY: nothing is ever run.
    unsafe { COUNT.free_all() };
    // SAFETY: nothing is ever run.
    unsafe { SAME.free_all() };
    0
}
//@ file: locks.rs
// SPDX-License-Identifier: GPL-2.0-only
//! The other file.
use klp_kernel::prelude::*;

#[shadow(id = 7)]
unsafe static LOCK: Shadow<seq_file, SpinLock>;

#[shadow(id = 8)]
unsafe static OTHER: Shadow<seq_file, c_int>;

#[state(id = 1, version = 2)]
unsafe static LEVEL: State<c_int>;

/// # Safety
/// Called by seq_file.
#[livepatch(object = "vmlinux")]
unsafe extern "C" fn version_proc_show(_m: *mut seq_file, _v: *mut c_void) -> c_int {
    // SAFETY: nothing is ever run.
    unsafe { LOCK.free_all() };
    // SAFETY: nothing is ever run.
    unsafe { OTHER.free_all() };
    0
}
