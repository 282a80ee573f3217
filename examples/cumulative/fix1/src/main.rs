// SPDX-License-Identifier: GPL-2.0-only
//! A fix of data: `vm.max_map_count` is too low for programs of today. Callbacks change it, and a
//! state remembers what it was, for whoever changes it back: this patch, or one that replaces it.
#![no_std]
#![no_main]

mod max_map_count;

use klp_kernel::prelude::*;

klp::patch! {
    license: "GPL",
    description: "Raises vm.max_map_count",
    version: "1",
}
