// SPDX-License-Identifier: GPL-2.0-only
//! Callbacks of a module that the patch leaves as it is.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

#[post_patch(object = "klp_target", no_undo = "prints only")]
fn patched(_object: &Object) {}

#[pre_unpatch(object = "klp_target", undoes_nothing = "prints only")]
fn unpatched(_object: &Object) {}
