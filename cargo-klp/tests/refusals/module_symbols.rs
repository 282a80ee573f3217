// SPDX-License-Identifier: GPL-2.0-only
//! Symbols that a module cannot reach by their distance from another.
#![no_std]
#![no_main]
use core::ptr::read_volatile;

use klp_kernel::prelude::*;

klp::module! { license: "GPL", init: start, exit: stop }

#[kernel(object = "vmlinux")]
unsafe extern "C" {
    #[kernel(unchecked = "a word of it is enough")]
    static runqueues: c_int;
    static __pv_queued_spin_lock_slowpath_no_such: c_int;
}

fn start() -> Result {
    // SAFETY: nothing is ever run.
    let _ = unsafe { read_volatile(&raw const runqueues) };
    // SAFETY: nothing is ever run.
    let _ = unsafe { read_volatile(&raw const __pv_queued_spin_lock_slowpath_no_such) };
    if thread_flag!(TIF_NO_SUCH) == struct_size!(no_such_struct) {
        return Err(Errno::EINVAL);
    }
    Ok(())
}

fn stop() {}
