// SPDX-License-Identifier: GPL-2.0-only
//! Widths and signs.
use klp_kernel::prelude::*;

#[livepatch(object = "vmlinux")]
extern "C" fn mixed(_a: c_uint, _b: u32, _c: c_int, _d: bool, _e: *const c_char) -> c_long {
    0
}

#[livepatch(object = "vmlinux", symbol = "mixed")]
extern "C" fn other(_a: i16, _b: i64, _c: i8, _d: u64, _e: *const c_short) -> usize {
    0
}

fn main() {}
