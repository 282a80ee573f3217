// SPDX-License-Identifier: GPL-2.0-only
//! A version in place of all others.
#![no_std]
#![no_main]

#[path = "../version.rs"]
mod version;

use klp_kernel::prelude::*;

klp::patch! {
    license: "GPL",
    description: "A version in place of all others",
    replace: true,
}

const VERSION: &CStr = c"all";
