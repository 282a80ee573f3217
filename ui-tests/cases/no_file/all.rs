// SPDX-License-Identifier: GPL-2.0-only
//! A kernel without type information: nothing can be compared or laid out.
use klp_kernel::prelude::*;

#[livepatch(object = "vmlinux")]
unsafe extern "C" fn show(_m: *mut seq_file, _v: *mut c_void) -> c_int {
    0
}

#[kernel(object = "vmlinux")]
unsafe extern "C" {
    fn helper(x: c_int) -> c_int;
}

klp::types! {
    struct task;
}

fn main() {}
