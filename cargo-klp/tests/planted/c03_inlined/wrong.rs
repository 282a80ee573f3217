// SPDX-License-Identifier: GPL-2.0-only
//! Complaint 3. `fs/proc/array.c` has this function, and the kernel does not.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

#[livepatch(object = "vmlinux")]
extern "C" fn task_core_dumping(_m: *mut seq_file, _task: *mut c_void) {}
