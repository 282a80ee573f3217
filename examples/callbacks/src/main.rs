// SPDX-License-Identifier: GPL-2.0-only
//! The callbacks demo of `Documentation/livepatch/callbacks.rst`: every callback of three objects
//! says that it runs. `transcripts/` has what the kernel log must show.
#![no_std]
#![no_main]

mod busymod;
mod simplemod;
mod vmlinux;

use klp_kernel::prelude::*;

klp::patch! {
    license: "GPL",
    description: "Live patching demo for (un)patching callbacks",
}

/// What the pre_patch callbacks return: 0, or a negative errno to refuse.
#[param(mode = 0o644)]
static PRE_PATCH_RET: Param<c_int> = Param::new(0);

/// What all pre_patch callbacks do.
fn pre_patch_callback(object: &Object) -> Result {
    callback_info("pre_patch_callback", object);
    Errno::check(PRE_PATCH_RET.get())?;
    Ok(())
}

/// Prints the callback, the object and the state of its module.
fn callback_info(callback: &str, object: &Object) {
    match object.module_state() {
        Some(state) => pr_info!("{callback}: {} -> {}", object.name(), meaning(state)),
        None => pr_info!("{callback}: {}", object.name()),
    }
}

fn meaning(state: ModuleState) -> &'static str {
    match state {
        ModuleState::Live => "[MODULE_STATE_LIVE] Normal state",
        ModuleState::Coming => "[MODULE_STATE_COMING] Full formed, running module_init",
        ModuleState::Going => "[MODULE_STATE_GOING] Going away",
        ModuleState::Unformed => "[MODULE_STATE_UNFORMED] Still setting it up",
    }
}
