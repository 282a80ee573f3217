// SPDX-License-Identifier: GPL-2.0-only
//! C's variable arguments cannot be defined.
use klp_kernel::prelude::*;

#[livepatch(object = "vmlinux")]
unsafe extern "C" fn variadic(_format: *const c_char, ...) {}

fn main() {}
