// SPDX-License-Identifier: GPL-2.0-only
//! Complaint 3. The compiler has changed the parameters of this function.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

#[livepatch(object = "vmlinux")]
extern "C" fn do_sysinfo(_info: *mut c_void) -> c_int {
    0
}
