// SPDX-License-Identifier: GPL-2.0-only
//! As many parameters as in C.
use klp_kernel::prelude::*;

#[livepatch(object = "vmlinux")]
extern "C" fn show(_m: *mut seq_file) -> c_int {
    0
}

#[livepatch(object = "vmlinux", symbol = "show")]
extern "C" fn too_many(_m: *mut seq_file, _v: *mut c_void, _more: c_int, _yet: c_int) -> c_int {
    0
}

#[livepatch(object = "vmlinux")]
extern "C" fn nothing(_x: c_int) {}

#[livepatch(object = "vmlinux", symbol = "run_work")]
extern "C" fn none() {}

fn main() {}
