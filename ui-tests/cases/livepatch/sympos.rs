// SPDX-License-Identifier: GPL-2.0-only
//! Positions are numbers from 0.
use klp_kernel::prelude::*;

#[livepatch(object = "vmlinux", sympos = "1")]
extern "C" fn text() {}

#[livepatch(object = "vmlinux", sympos = -1)]
extern "C" fn negative() {}

#[livepatch(object = "vmlinux", sympos = 99999999999999999999)]
extern "C" fn large() {}

fn main() {}
