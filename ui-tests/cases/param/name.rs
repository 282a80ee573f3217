// SPDX-License-Identifier: GPL-2.0-only
//! Names that no parameter has.
use klp_kernel::prelude::*;

#[param(mode = 0, name = "")]
static EMPTY: Param<bool> = Param::new(false);

#[param(mode = 0, name = "a.b")]
static DOT: Param<bool> = Param::new(false);

#[param(mode = 0, desc = "…")]
static UNKNOWN: Param<bool> = Param::new(false);

fn main() {}
