// SPDX-License-Identifier: GPL-2.0-only
//! Statics that are no declarations of shadow variables.
use klp_kernel::prelude::*;

#[repr(C)]
pub struct sta_info {
    number: c_int,
}

#[shadow]
static NO_PROMISE: Shadow<sta_info, u64>;

#[shadow]
unsafe static A_VALUE: Shadow<sta_info, u64> = Shadow;

#[shadow]
unsafe static mut MUTABLE: Shadow<sta_info, u64>;

#[shadow]
unsafe static NO_PARENT: Shadow<u64>;

#[shadow]
unsafe static NO_SHADOW: u64;

#[shadow(id = 1, name = "one")]
unsafe static TWO_IDS: Shadow<sta_info, u64>;

#[shadow(name = "")]
unsafe static NO_NAME: Shadow<sta_info, u64>;

#[shadow(id = "1")]
unsafe static IN_QUOTES: Shadow<sta_info, u64>;

#[shadow]
fn function() {}

fn main() {}
