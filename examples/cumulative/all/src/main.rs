// SPDX-License-Identifier: GPL-2.0-only
//! Both fixes as one cumulative patch: a `mod` line each. It replaces the two in one transition;
//! of the first it takes over what `vm.max_map_count` was.
#![no_std]
#![no_main]

#[path = "../../cmdline.rs"]
mod cmdline;
#[path = "../../max_map_count.rs"]
mod max_map_count;

use klp_kernel::prelude::*;

klp::patch! {
    license: "GPL",
    description: "Raises vm.max_map_count and marks /proc/cmdline",
    version: "2",
    replace: true,
}

/// What programs of today need, as we know better now: more than in fix1.
const ENOUGH: c_int = 1_048_576;

/// `vm.max_map_count` as it was before any patch.
#[state(id = 1, version = 2)]
unsafe static BEFORE: State<c_int>;
