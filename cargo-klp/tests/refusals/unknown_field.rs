// SPDX-License-Identifier: GPL-2.0-only
//! Numbers of the kernel's types that it does not have, and one that does not fit.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

unsafe extern "C" {
    #[link_name = ".klp.field.klp_object.nmae"]
    static OFFSET: u8;
    #[link_name = ".klp.enum.MODULE_STATE_LIFE"]
    static STATE: u8;
    #[link_name = ".klp.field.klp_objekt.name"]
    static OTHER: u8;
}

#[livepatch(object = "vmlinux")]
extern "C" fn cmdline_proc_show() -> c_int {
    ((&raw const OFFSET).addr() + (&raw const STATE).addr() + (&raw const OTHER).addr()) as c_int
}
