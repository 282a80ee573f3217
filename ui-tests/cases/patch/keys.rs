// SPDX-License-Identifier: GPL-2.0-only
//! Unknown and repeated keys.
use klp_kernel::prelude::*;

klp::patch! {
    licence: "GPL",
    author: "A",
    author: "B",
    replace: true,
}

fn main() {}
