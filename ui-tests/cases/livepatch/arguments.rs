// SPDX-License-Identifier: GPL-2.0-only
//! Keys and values of the wrong form.
use klp_kernel::prelude::*;

#[livepatch(objekt = "vmlinux")]
extern "C" fn unknown() {}

#[livepatch(object = "vmlinux", object = "e1000")]
extern "C" fn twice() {}

#[livepatch(object = vmlinux)]
extern "C" fn unquoted() {}

#[livepatch("vmlinux")]
extern "C" fn no_key() {}

#[livepatch(object)]
extern "C" fn no_value() {}

#[livepatch(object: "vmlinux")]
extern "C" fn colon() {}

fn main() {}
