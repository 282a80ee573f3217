// SPDX-License-Identifier: GPL-2.0-only
//! Functions of which only variants are left, and a part of one.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

#[livepatch(object = "vmlinux", symbol = "__alloc_pages_slowpath")]
extern "C" fn changed() {}

#[livepatch(object = "vmlinux", symbol = "___neigh_create.cold")]
extern "C" fn cold() {}
