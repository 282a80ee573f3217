// SPDX-License-Identifier: GPL-2.0-only
//! It goes on functions.
use klp_kernel::prelude::*;

/// Documented.
#[livepatch(object = "vmlinux")]
struct Foo;

fn main() {}
