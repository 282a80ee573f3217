// SPDX-License-Identifier: GPL-2.0-only
//! Arguments that `#[shadow]` does not take.
use klp_kernel::prelude::*;

#[repr(C)]
pub struct sta_info {
    number: c_int,
}

#[shadow(ident = 1)]
unsafe static OTHER_KEY: Shadow<sta_info, u64>;

#[shadow(id)]
unsafe static NO_VALUE: Shadow<sta_info, u64>;

#[shadow(id = 18446744073709551616)]
unsafe static TOO_LARGE: Shadow<sta_info, u64>;

fn main() {}
