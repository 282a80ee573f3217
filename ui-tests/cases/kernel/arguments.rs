// SPDX-License-Identifier: GPL-2.0-only
//! Arguments that `#[kernel]` does not take.
use klp_kernel::prelude::*;

#[kernel("vmlinux")]
unsafe extern "C" {
    fn a_value_alone();
}

#[kernel(object = vmlinux)]
unsafe extern "C" {
    fn without_quotes();
}

#[kernel(object = "vmlinux.ko")]
unsafe extern "C" {
    fn a_file();
}

fn main() {}
