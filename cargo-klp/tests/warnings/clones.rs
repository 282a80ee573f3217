// SPDX-License-Identifier: GPL-2.0-only
//! A function of which the compiler split a part off, which other functions call by itself.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

#[livepatch(object = "vmlinux", unchecked = "nothing is ever run")]
extern "C" fn __tcp_send_ack() {}
