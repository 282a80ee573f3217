// SPDX-License-Identifier: GPL-2.0-only
//! Complaint 2. The next cumulative patch was begun from an older source.
//@ name: fix-2
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL", replace: true }

/// What the limit was before any patch.
#[state(id = 1, version = 1)]
unsafe static BEFORE: State<c_int>;

/// # Safety
/// Called by seq_file.
#[livepatch(object = "vmlinux")]
unsafe extern "C" fn cmdline_proc_show(m: *mut seq_file, _v: *mut c_void) -> c_int {
    // SAFETY: `m` is what seq_file passed to this show function.
    let mut file = unsafe { SeqFile::from_ptr(m) };
    file.puts(c"hidden\n");
    0
}
