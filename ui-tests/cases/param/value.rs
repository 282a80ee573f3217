// SPDX-License-Identifier: GPL-2.0-only
//! Values of other types.
use klp_kernel::prelude::*;

#[param(mode = 0o644)]
static UNSIGNED: Param<c_uint> = Param::new(-1);

#[param(mode = 0)]
static FLAG: Param<bool> = Param::new(1);

fn main() {}
