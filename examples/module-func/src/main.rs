// SPDX-License-Identifier: GPL-2.0-only
//! A function of a module: the kernel patches it whenever the module is loaded, before its init
//! function runs.
#![no_std]
#![no_main]

use klp_kernel::prelude::*;

klp::patch! {
    license: "GPL",
    description: "Replaces what /proc/klp_target shows",
}

/// `examples/targets/klp_target/main.c`.
///
/// # Safety
/// Called by seq_file as a show function: `m` is the file being read.
#[livepatch(object = "klp_target")]
unsafe extern "C" fn klp_target_show(m: *mut seq_file, _v: *mut c_void) -> c_int {
    // SAFETY: `m` is what seq_file passed to this show function.
    let mut file = unsafe { SeqFile::from_ptr(m) };
    file.puts(c"klp_target: patched\n");
    0
}
