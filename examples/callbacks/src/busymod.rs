// SPDX-License-Identifier: GPL-2.0-only
//! Callbacks and a function of a module whose work takes long
//! (`examples/targets/livepatch_callbacks_busymod`).

use crate::callback_info;
use klp_kernel::prelude::*;

#[pre_patch(object = "livepatch_callbacks_busymod", undo = post_unpatch_callback)]
fn pre_patch_callback(object: &Object) -> Result {
    crate::pre_patch_callback(object)
}

#[post_patch(object = "livepatch_callbacks_busymod", undo = pre_unpatch_callback)]
fn post_patch_callback(object: &Object) {
    callback_info("post_patch_callback", object);
}

#[pre_unpatch(object = "livepatch_callbacks_busymod")]
fn pre_unpatch_callback(object: &Object) {
    callback_info("pre_unpatch_callback", object);
}

#[post_unpatch(object = "livepatch_callbacks_busymod")]
fn post_unpatch_callback(object: &Object) {
    callback_info("post_unpatch_callback", object);
}

/// Takes the place of the module's work function, which must not be running meanwhile.
#[livepatch(object = "livepatch_callbacks_busymod", symbol = "busymod_work_func")]
extern "C" fn patched_work_func(_work: *mut c_void) {
    pr_info!("patched_work_func");
}
