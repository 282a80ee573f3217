// SPDX-License-Identifier: GPL-2.0-only
//! Complaint 7. Another tool counts in another way.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

#[livepatch(object = "vmlinux", sympos = 5)]
extern "C" fn state_show(_object: *mut c_void, _attr: *mut c_void, _text: *mut c_char) -> isize {
    0
}
