// SPDX-License-Identifier: GPL-2.0-only
//! License, init and exit are required.
use klp_kernel::prelude::*;

klp::module! {
    description: "A module",
}

fn main() {}
