// SPDX-License-Identifier: GPL-2.0-only
//! A function that the kernel marks notrace.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

#[livepatch(object = "vmlinux")]
extern "C" fn ct_nmi_enter() {}
