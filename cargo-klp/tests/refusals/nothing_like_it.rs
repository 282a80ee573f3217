// SPDX-License-Identifier: GPL-2.0-only
//! No symbol of the kernel looks like this one.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

#[livepatch(object = "vmlinux", symbol = "klp_test_of_a_name_that_nobody_has_given")]
extern "C" fn replacement() {}
