// SPDX-License-Identifier: GPL-2.0-only
//! The second version, on top of the first.
#![no_std]
#![no_main]

#[path = "../version.rs"]
mod version;

use klp_kernel::prelude::*;

klp::patch! {
    license: "GPL",
    description: "The second version",
}

const VERSION: &CStr = c"second";
