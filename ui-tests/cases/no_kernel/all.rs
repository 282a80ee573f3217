// SPDX-License-Identifier: GPL-2.0-only
//! Without a kernel there is nothing to compare with.
use klp_kernel::prelude::*;

#[livepatch(object = "vmlinux")]
unsafe extern "C" fn show(_m: *mut seq_file, _v: *mut c_void) -> c_int {
    0
}

klp::types! {
    struct task;
}

fn main() {}
