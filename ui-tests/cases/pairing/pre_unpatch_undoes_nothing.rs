// SPDX-License-Identifier: GPL-2.0-only
//! No post_patch names it.
use klp_kernel::prelude::*;

#[pre_unpatch(object = "e1000")]
fn stop(_object: &Object) {}

fn main() {}
