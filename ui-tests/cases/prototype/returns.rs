// SPDX-License-Identifier: GPL-2.0-only
//! What comes back.
use klp_kernel::prelude::*;

#[livepatch(object = "vmlinux")]
extern "C" fn show(_m: *mut seq_file, _v: *mut c_void) {}

#[livepatch(object = "vmlinux")]
extern "C" fn nothing() -> c_int {
    0
}

#[livepatch(object = "vmlinux")]
extern "C" fn mixed(_a: c_int, _b: usize, _c: bool, _d: u32, _e: *const c_char) -> c_int {
    0
}

fn main() {}
