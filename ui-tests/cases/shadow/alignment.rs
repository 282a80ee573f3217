// SPDX-License-Identifier: GPL-2.0-only
//! A value of a larger alignment than the kernel gives.
use klp_kernel::prelude::*;

#[repr(C)]
pub struct sta_info {
    number: c_int,
}

#[repr(align(64))]
pub struct Line(pub [u8; 64]);

#[shadow]
unsafe static LINE: Shadow<sta_info, Line>;

fn main() {}
