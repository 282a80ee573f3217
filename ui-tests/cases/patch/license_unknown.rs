// SPDX-License-Identifier: GPL-2.0-only
//! A license that the kernel does not know.
use klp_kernel::prelude::*;

klp::patch! {
    license: "GPL-2.0-only",
}

fn main() {}
