// SPDX-License-Identifier: GPL-2.0-only
//! Complaint 3. The entry of all system calls: ftrace does not reach it.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

#[livepatch(object = "vmlinux")]
extern "C" fn do_syscall_64(_regs: *mut c_void, _number: c_int) {}
