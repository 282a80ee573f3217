// SPDX-License-Identifier: GPL-2.0-only
//! What is a pointer, and to what.
use klp_kernel::prelude::*;

klp::types! {
    struct file;
    struct list_head;
}

#[livepatch(object = "vmlinux")]
extern "C" fn show(_m: c_int, _v: usize) -> *mut c_int {
    core::ptr::null_mut()
}

#[livepatch(object = "vmlinux")]
extern "C" fn run_work(_work: *mut file) {}

#[livepatch(object = "vmlinux", symbol = "run_work")]
extern "C" fn reference(_work: &c_long) {}

#[livepatch(object = "vmlinux", symbol = "run_work")]
extern "C" fn function(_work: extern "C" fn()) {}

#[livepatch(object = "vmlinux", symbol = "run_work")]
extern "C" fn slice(_work: &[u8]) {}

#[livepatch(object = "vmlinux")]
extern "C" fn hook(_function: *mut file, _heads: *mut list_head) {}

#[livepatch(object = "vmlinux", symbol = "hook")]
extern "C" fn inner(_function: *mut c_void, _heads: *mut *mut file) {}

fn main() {}
