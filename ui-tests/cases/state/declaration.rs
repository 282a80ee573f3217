// SPDX-License-Identifier: GPL-2.0-only
//! Statics that are no declarations of states.
use klp_kernel::prelude::*;

#[state(version = 1)]
unsafe static NO_ID: State<u32>;

#[state(id = 1)]
unsafe static NO_VERSION: State<u32>;

#[state(id = 0, version = 4294967296)]
unsafe static OUT_OF_RANGE: State<u32>;

#[state(id = 1, version = 1)]
static NO_PROMISE: State<u32>;

#[state(id = 1, version = 1)]
unsafe static A_POINTER: State<*mut u8>;

#[state(id = 1, version = 1)]
struct NoStatic;

fn main() {}
