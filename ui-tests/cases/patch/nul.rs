// SPDX-License-Identifier: GPL-2.0-only
//! A NUL would end the modinfo entry.
use klp_kernel::prelude::*;

klp::patch! {
    license: "GPL",
    description: "one\0two",
}

fn main() {}
