// SPDX-License-Identifier: GPL-2.0-only
//! Every mistake of a stage is reported.
use klp_kernel::prelude::*;

#[livepatch(object = "e1000.ko", symbol = "a b", sympos = 18446744073709551616)]
fn foo<T>() {}

fn main() {}
