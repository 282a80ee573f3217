// SPDX-License-Identifier: GPL-2.0-only
//! Values out of range: rustc knows.
use klp_kernel::prelude::*;

#[param(mode = 0o644)]
static BYTE: Param<u8> = Param::new(300);

#[param(mode = 0o644)]
static SHORT: Param<c_short> = Param::new(-32_769);

fn main() {}
