// SPDX-License-Identifier: GPL-2.0-only
//! What the macros refuse: in a build, codes are where rustc has its own.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

#[livepatch]
extern "C" fn foo() {}
