// SPDX-License-Identifier: GPL-2.0-only
//! The first version. It can be told to refuse the module.
#![no_std]
#![no_main]

#[path = "../version.rs"]
mod version;

use klp_kernel::prelude::*;

klp::patch! {
    license: "GPL",
    description: "The first version",
}

const VERSION: &CStr = c"first";

/// Whether patching the module is refused.
#[param(mode = 0o644)]
static REFUSE: Param<bool> = Param::new(false);

#[pre_patch(object = "klp_soak", no_undo = "it changes nothing")]
fn may_be_patched(_module: &Object) -> Result {
    if REFUSE.get() {
        return Err(Errno::EBUSY);
    }
    Ok(())
}
