// SPDX-License-Identifier: GPL-2.0-only
//! Code in a section of the author's own.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

#[livepatch(object = "vmlinux")]
#[unsafe(link_section = ".mycode")]
extern "C" fn cmdline_proc_show() -> c_int {
    0
}
