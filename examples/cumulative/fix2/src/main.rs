// SPDX-License-Identifier: GPL-2.0-only
//! A fix of code, independent of `../fix1`.
#![no_std]
#![no_main]

#[path = "../../cmdline.rs"]
mod cmdline;

use klp_kernel::prelude::*;

klp::patch! {
    license: "GPL",
    description: "Marks /proc/cmdline",
    version: "1",
}
