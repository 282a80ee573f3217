// SPDX-License-Identifier: GPL-2.0-only
//! One patch a crate, wherever it is declared.
use klp_kernel::prelude::*;

klp::patch! {
    license: "GPL",
}

mod other_file {
    use klp_kernel::prelude::*;

    klp::patch! {
        license: "GPL v2",
    }
}

fn main() {}
