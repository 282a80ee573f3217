// SPDX-License-Identifier: GPL-2.0-only
//! A reason for callbacks alone is a reason only when it says something.
use klp_kernel::prelude::*;

#[post_patch(object = "e1000", no_undo = "prints only", no_functions = "")]
fn patched(_object: &Object) {}

fn main() {}
