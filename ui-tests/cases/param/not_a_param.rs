// SPDX-License-Identifier: GPL-2.0-only
//! It goes on a static of type Param.
use klp_kernel::prelude::*;

#[param(mode = 0)]
static PLAIN: c_int = 0;

#[param(mode = 0)]
static mut MUTABLE: Param<c_int> = Param::new(0);

#[param(mode = 0)]
fn function() {}

fn main() {}
