// SPDX-License-Identifier: GPL-2.0-only
//! Not to compare takes a reason.
use klp_kernel::prelude::*;

#[livepatch(object = "vmlinux", unchecked = " ")]
extern "C" fn show() {}

#[kernel(object = "vmlinux")]
unsafe extern "C" {
    #[kernel(unchecked)]
    fn nothing() -> c_int;
}

fn main() {}
