// SPDX-License-Identifier: GPL-2.0-only
//! Types that the kernel cannot parse.
use klp_kernel::prelude::*;

#[param(mode = 0)]
static FLOAT: Param<f64> = Param::new(0.0);

fn main() {}
