// SPDX-License-Identifier: GPL-2.0-only
//! Which object, and is it one?
use klp_kernel::prelude::*;

#[kernel]
unsafe extern "C" {
    fn foo();
}

#[kernel(object = "nf-tables")]
unsafe extern "C" {
    fn bar();
}

#[kernel(object = "vmlinux", symbol = "baz")]
unsafe extern "C" {
    fn of_an_item();
}

fn main() {}
