// SPDX-License-Identifier: GPL-2.0-only
//! Reading `/proc/cmdline` panics, at a place that the compiler cannot foresee.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL", description: "panics" }

#[param(mode = 0o644)]
static INDEX: Param<c_int> = Param::new(1);

/// # Safety
/// Called by seq_file.
#[livepatch(object = "vmlinux")]
unsafe extern "C" fn cmdline_proc_show(_m: *mut seq_file, _v: *mut c_void) -> c_int {
    let index = INDEX.get() as usize;
    c_int::from([0u8][index]) // the panic
}
