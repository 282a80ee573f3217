// SPDX-License-Identifier: GPL-2.0-only
//! A patch with the name of the module that it patches.
//@ name: e1000
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

#[livepatch(object = "e1000")]
extern "C" fn e1000_open() -> c_int {
    0
}
