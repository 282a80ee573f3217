// SPDX-License-Identifier: GPL-2.0-only
//! Variables that CPUs cannot share, or that the kernel's memory is not good enough for.
use core::cell::Cell;
use klp_kernel::prelude::*;

#[repr(C)]
pub struct sta_info {
    number: c_int,
}

#[shadow]
unsafe static POINTER: Shadow<sta_info, *mut u8>;

#[shadow]
unsafe static CELL: Shadow<sta_info, Cell<u8>>;

fn main() {}
