// SPDX-License-Identifier: GPL-2.0-only
//! An export that no module could name.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::module! { license: "GPL", init: start, exit: stop }

fn start() -> Result {
    Ok(())
}

fn stop() {}

#[export]
extern "C" fn long_export_with_a_name_that_has_more_bytes_than_versions_takes() {}
