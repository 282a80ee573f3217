// SPDX-License-Identifier: GPL-2.0-only
//! Who may see and set it?
use klp_kernel::prelude::*;

#[param]
static VERBOSE: Param<bool> = Param::new(false);

fn main() {}
