// SPDX-License-Identifier: GPL-2.0-only
//! A cumulative patch: one source file a fix, each reviewable by itself. It replaces all older
//! patches, so the next version only needs another `mod` line, or one less.
#![no_std]
#![no_main]

mod cmdline;
mod meminfo;

use klp_kernel::prelude::*;

klp::patch! {
    license: "GPL",
    description: "Marks /proc/cmdline and /proc/meminfo as live patched",
    version: "2",
    replace: true,
}
