// SPDX-License-Identifier: GPL-2.0-only
//! Keys and values are separated by a colon.
use klp_kernel::prelude::*;

klp::patch! {
    license = "GPL",
}

fn main() {}
