// SPDX-License-Identifier: GPL-2.0-only
//! A variable is no function.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

#[livepatch(object = "vmlinux")]
extern "C" fn saved_command_line() {}
