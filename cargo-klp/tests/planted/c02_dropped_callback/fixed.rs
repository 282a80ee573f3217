// SPDX-License-Identifier: GPL-2.0-only
//! As the message says: the callback that undoes is kept, and what it undoes.
//@ name: fix-2
#![no_std]
#![no_main]
use core::sync::atomic::{AtomicI32, Ordering::Relaxed};
use klp_kernel::prelude::*;

klp::patch! { license: "GPL", replace: true }

#[kernel(object = "vmlinux")]
unsafe extern "C" {
    /// `mm/util.c`: an int that is read and written by everybody, at any time.
    safe static sysctl_max_map_count: AtomicI32;
}

#[post_patch(object = "vmlinux", undo = lower)]
fn raise(_vmlinux: &Object) {
    sysctl_max_map_count.store(262_144, Relaxed);
}

#[pre_unpatch(object = "vmlinux")]
fn lower(_vmlinux: &Object) {
    sysctl_max_map_count.store(65_530, Relaxed);
}

/// # Safety
/// Called by seq_file.
#[livepatch(object = "vmlinux")]
unsafe extern "C" fn cmdline_proc_show(m: *mut seq_file, _v: *mut c_void) -> c_int {
    // SAFETY: `m` is what seq_file passed to this show function.
    let mut file = unsafe { SeqFile::from_ptr(m) };
    file.puts(c"hidden\n");
    0
}
