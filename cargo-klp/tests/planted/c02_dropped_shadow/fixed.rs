// SPDX-License-Identifier: GPL-2.0-only
//! As the message says: the declaration is kept, and post_patch frees what is left.
//@ name: fix-2
#![no_std]
#![no_main]
use core::sync::atomic::AtomicU32;
use klp_kernel::prelude::*;

klp::patch! { license: "GPL", replace: true }

mod kernel {
    klp_kernel::types! { struct task_struct; }
}

/// How often a task has read the file.
#[shadow]
unsafe static READS: Shadow<kernel::task_struct, AtomicU32>;

/// # Safety
/// Called by seq_file.
#[livepatch(object = "vmlinux")]
unsafe extern "C" fn cmdline_proc_show(m: *mut seq_file, _v: *mut c_void) -> c_int {
    // SAFETY: `m` is what seq_file passed to this show function.
    let mut file = unsafe { SeqFile::from_ptr(m) };
    file.puts(c"hidden\n");
    0
}

#[post_patch(object = "vmlinux", no_undo = "nobody makes such variables any more")]
fn free_reads(_vmlinux: &Object) {
    // SAFETY: no task is in the patch's code, where the only users are.
    unsafe { READS.free_all() };
}
