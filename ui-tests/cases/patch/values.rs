// SPDX-License-Identifier: GPL-2.0-only
//! Values of the wrong form.
use klp_kernel::prelude::*;

klp::patch! {
    license: GPL,
    description: 5,
    replace: "yes",
}

fn main() {}
