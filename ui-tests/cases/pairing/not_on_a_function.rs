// SPDX-License-Identifier: GPL-2.0-only
//! Callbacks are functions.
use klp_kernel::prelude::*;

#[post_patch(object = "vmlinux", no_undo = "prints only")]
static START: c_int = 0;

fn main() {}
