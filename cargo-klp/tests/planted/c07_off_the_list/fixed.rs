// SPDX-License-Identifier: GPL-2.0-only
//! As the message says: positions count from 1 to 4.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

#[livepatch(object = "vmlinux", sympos = 2)]
extern "C" fn state_show(_object: *mut c_void, _attr: *mut c_void, _text: *mut c_char) -> isize {
    0
}
