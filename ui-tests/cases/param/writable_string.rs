// SPDX-License-Identifier: GPL-2.0-only
//! The kernel frees a string parameter's old value.
use klp_kernel::prelude::*;

#[param(mode = 0o644)]
static TEXT: Param<Charp> = Param::new(Charp::new(c"none"));

fn main() {}
