// SPDX-License-Identifier: GPL-2.0-only
//! Both fixes as one cumulative patch: a `mod` line each. It replaces the two in one transition;
//! of the first it takes over what `vm.max_map_count` was.
#![no_std]
#![no_main]

mod cmdline;
mod max_map_count;

use klp_kernel::prelude::*;

klp::patch! {
    license: "GPL",
    description: "Raises vm.max_map_count and marks /proc/cmdline",
    version: "2",
    replace: true,
}
