// SPDX-License-Identifier: GPL-2.0-only
//! C code calls the new function.
use klp_kernel::prelude::*;

#[livepatch(object = "vmlinux")]
fn rust() {}

#[livepatch(object = "vmlinux")]
extern "system" fn system() {}

#[livepatch(object = "vmlinux")]
extern "C" fn generic<T, const N: usize>(_x: T) {}

#[livepatch(object = "vmlinux")]
const extern "C" fn constant() {}

#[livepatch(object = "vmlinux")]
async extern "C" fn asynchronous() {}

fn main() {}
