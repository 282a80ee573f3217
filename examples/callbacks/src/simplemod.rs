// SPDX-License-Identifier: GPL-2.0-only
//! Callbacks of a module without patched functions (`examples/targets/livepatch_callbacks_mod`).

use crate::callback_info;
use klp_kernel::prelude::*;

#[pre_patch(object = "livepatch_callbacks_mod", undo = post_unpatch_callback)]
fn pre_patch_callback(object: &Object) -> Result {
    crate::pre_patch_callback(object)
}

#[post_patch(object = "livepatch_callbacks_mod", undo = pre_unpatch_callback)]
fn post_patch_callback(object: &Object) {
    callback_info("post_patch_callback", object);
}

#[pre_unpatch(object = "livepatch_callbacks_mod", no_functions = "shows callbacks alone")]
fn pre_unpatch_callback(object: &Object) {
    callback_info("pre_unpatch_callback", object);
}

#[post_unpatch(object = "livepatch_callbacks_mod")]
fn post_unpatch_callback(object: &Object) {
    callback_info("post_unpatch_callback", object);
}
