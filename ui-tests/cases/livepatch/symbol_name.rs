// SPDX-License-Identifier: GPL-2.0-only
//! Names that no symbol has.
use klp_kernel::prelude::*;

#[livepatch(object = "vmlinux", symbol = "")]
extern "C" fn empty() {}

#[livepatch(object = "vmlinux", symbol = "foo,1")]
extern "C" fn comma() {}

#[livepatch(object = "vmlinux", symbol = "1foo")]
extern "C" fn digit() {}

fn main() {}
