// SPDX-License-Identifier: GPL-2.0-only
//! Which object?
use klp_kernel::prelude::*;

#[livepatch]
extern "C" fn foo() {}

#[livepatch(symbol = "bar")]
extern "C" fn new_bar() {}

fn main() {}
