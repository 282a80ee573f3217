// SPDX-License-Identifier: GPL-2.0-only
//! Arguments that `#[state]` does not take.
use klp_kernel::prelude::*;

#[state(id = 1, versoin = 2)]
unsafe static A_TYPO: State<u32>;

#[state(id = 1, id = 2, version = 1)]
unsafe static TWICE: State<u32>;

#[state(id = "1", version = 1)]
unsafe static QUOTES: State<u32>;

fn main() {}
