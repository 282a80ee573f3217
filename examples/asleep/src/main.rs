// SPDX-License-Identifier: GPL-2.0-only
//! A replacement that tasks sleep in. Later patches must not have to wait for them: the kernel can
//! unwind through this code, so it sees that a sleeping task is in no function that concerns it.
#![no_std]
#![no_main]

use klp_kernel::prelude::*;

klp::patch! {
    license: "GPL",
    description: "Makes /proc/klp_wait take twenty seconds",
}

#[kernel(object = "vmlinux")]
unsafe extern "C" {
    /// `kernel/time/timer.c`: sleeps, not to be interrupted, for so many milliseconds.
    safe fn msleep(msecs: c_uint);
}

/// `examples/targets/klp_target/main.c`.
///
/// # Safety
/// Called by seq_file as a show function: `m` is the file being read.
#[livepatch(object = "klp_target")]
unsafe extern "C" fn klp_wait_show(m: *mut seq_file, _v: *mut c_void) -> c_int {
    msleep(20_000);
    // SAFETY: `m` is what seq_file passed to this show function.
    let mut file = unsafe { SeqFile::from_ptr(m) };
    file.puts(c"klp_wait: patched\n");
    0
}
