// SPDX-License-Identifier: GPL-2.0-only
//! The functions of `klp_bench.c`, replaced by others that do as little.
#![no_std]
#![no_main]

use klp_kernel::prelude::*;

klp::patch! {
    license: "GPL",
    description: "What the benchmark of the runtime loads",
}

#[kernel(object = "vmlinux")]
unsafe extern "C" {
    /// `kernel/time/timer.c`.
    safe fn msleep(msecs: c_uint);
}

/// # Safety
/// None of its own.
#[livepatch(object = "klp_bench")]
unsafe extern "C" fn klp_bench_call(value: c_int) -> c_int {
    value
}

/// # Safety
/// Called by seq_file as a show function: `m` is the file being read.
#[livepatch(object = "klp_bench")]
unsafe extern "C" fn klp_bench_sleep_show(m: *mut seq_file, _v: *mut c_void) -> c_int {
    // SAFETY: `m` is what seq_file passed to this show function.
    unsafe { SeqFile::from_ptr(m) }.puts(c"patched\n");
    0
}

/// # Safety
/// Called by seq_file as a show function: `m` is the file being read.
#[livepatch(object = "klp_bench")]
unsafe extern "C" fn klp_bench_hold_show(m: *mut seq_file, _v: *mut c_void) -> c_int {
    // SAFETY: `m` is what seq_file passed to this show function.
    unsafe { SeqFile::from_ptr(m) }.puts(c"patched\n");
    0
}

/// # Safety
/// None of its own.
#[livepatch(object = "klp_bench")]
unsafe extern "C" fn klp_bench_work() {
    msleep(20);
}
