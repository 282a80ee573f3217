// SPDX-License-Identifier: GPL-2.0-only
//! The license is required.
use klp_kernel::prelude::*;

klp::patch! {
    description: "A patch",
}

fn main() {}
