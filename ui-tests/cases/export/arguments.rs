// SPDX-License-Identifier: GPL-2.0-only
//! `#[export]` with arguments, and on no function.
use klp_kernel::prelude::*;

#[export(symbol = "other")]
extern "C" fn renamed() {}

#[export]
struct NoFunction;

fn main() {}
