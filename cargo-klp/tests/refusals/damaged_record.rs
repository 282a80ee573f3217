// SPDX-License-Identifier: GPL-2.0-only
//! Something that is no record in the section of records.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

#[used]
#[unsafe(link_section = "linkme_KLP_FUNCS")]
static MINE: [u8; 24] = [1; 24];

/// # Safety
/// Called by seq_file.
#[livepatch(object = "vmlinux")]
unsafe extern "C" fn cmdline_proc_show(_m: *mut seq_file, _v: *mut c_void) -> c_int {
    0
}
