// SPDX-License-Identifier: GPL-2.0-only
//! Complaint 9. Right as it stands, and linked for another build of the module than is loaded.
//@ name: fix
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

/// # Safety
/// Called by seq_file.
#[livepatch(object = "klp_target")]
unsafe extern "C" fn klp_target_show(m: *mut seq_file, _v: *mut c_void) -> c_int {
    // SAFETY: `m` is what seq_file passed to this show function.
    let mut file = unsafe { SeqFile::from_ptr(m) };
    file.puts(c"klp_target: patched\n");
    0
}
