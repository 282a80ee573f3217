// SPDX-License-Identifier: GPL-2.0-only
//! As the message says: its caller is replaced.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

#[livepatch(object = "vmlinux")]
extern "C" fn proc_pid_status(
    _m: *mut seq_file,
    _namespace: *mut c_void,
    _pid: *mut c_void,
    _task: *mut c_void,
) -> c_int {
    0
}
