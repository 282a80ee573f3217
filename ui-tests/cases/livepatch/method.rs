// SPDX-License-Identifier: GPL-2.0-only
//! It is a plain function.
use klp_kernel::prelude::*;

struct Fix;

impl Fix {
    #[livepatch(object = "vmlinux")]
    extern "C" fn method(&self) {}
}

fn main() {}
