// SPDX-License-Identifier: GPL-2.0-only
//! A key that only patches have, and values of another kind.
use klp_kernel::prelude::*;

klp::module! {
    license: "GPL",
    replace: true,
    init: "start",
    exit: || {},
}

fn main() {}
