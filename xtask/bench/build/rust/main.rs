// SPDX-License-Identifier: GPL-2.0-only
//! A patch of one function that prints a fixed line; xtask/bench/c has the same in C.
#![no_std]
#![no_main]

use klp_kernel::prelude::*;

klp::patch! {
    license: "GPL",
}

/// `fs/proc/cmdline.c`.
///
/// # Safety
/// Called by seq_file as a show function: `m` is the file being read.
#[livepatch(object = "vmlinux")]
unsafe extern "C" fn cmdline_proc_show(m: *mut seq_file, _v: *mut c_void) -> c_int {
    // SAFETY: `m` is what seq_file passed to this show function.
    let mut file = unsafe { SeqFile::from_ptr(m) };
    file.puts(c"live patched, edit 0\n");
    0
}
