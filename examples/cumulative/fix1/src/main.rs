// SPDX-License-Identifier: GPL-2.0-only
//! A fix of data: `vm.max_map_count` is too low for programs of today. Callbacks change it, and a
//! state remembers what it was, for whoever changes it back: this patch, or one that replaces it.
#![no_std]
#![no_main]

#[path = "../../max_map_count.rs"]
mod max_map_count;

use klp_kernel::prelude::*;

klp::patch! {
    license: "GPL",
    description: "Raises vm.max_map_count",
    version: "1",
}

/// What programs of today need.
const ENOUGH: c_int = 262_144;

/// `vm.max_map_count` as it was before any patch.
#[state(id = 1, version = 1)]
unsafe static BEFORE: State<c_int>;
