// SPDX-License-Identifier: GPL-2.0-only
//! What has a meaning in a patch only.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::module! { license: "GPL", init: start, exit: stop }

fn start() -> Result {
    Ok(())
}

fn stop() {}

#[state(id = 1, version = 1)]
unsafe static LIMIT: State<c_int>;

/// # Safety
/// Called by seq_file.
#[livepatch(object = "vmlinux")]
unsafe extern "C" fn cmdline_proc_show(_m: *mut seq_file, _v: *mut c_void) -> c_int {
    0
}

#[post_patch(object = "vmlinux", no_undo = "nothing to undo")]
fn patched(_object: &Object) {}
