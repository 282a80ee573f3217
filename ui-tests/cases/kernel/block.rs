// SPDX-License-Identifier: GPL-2.0-only
//! The block's own form.
use klp_kernel::prelude::*;

#[kernel(object = "vmlinux")]
extern "C" {
    fn not_unsafe();
}

#[kernel(object = "vmlinux")]
unsafe extern "Rust" {
    fn of_rust();
}

#[kernel(object = "vmlinux")]
unsafe extern {
    fn without_abi();
}

#[kernel(object = "vmlinux")]
fn not_a_block() {}

fn main() {}
