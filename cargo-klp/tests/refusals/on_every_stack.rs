// SPDX-License-Identifier: GPL-2.0-only
//! A function that every sleeping task is in.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

#[livepatch(object = "vmlinux")]
extern "C" fn schedule() {}
