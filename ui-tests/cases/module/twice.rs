// SPDX-License-Identifier: GPL-2.0-only
//! A crate is a patch or a module.
use klp_kernel::prelude::*;

klp::patch! {
    license: "GPL",
}

klp::module! {
    license: "GPL",
    init: start,
    exit: stop,
}

fn start() -> Result {
    Ok(())
}

fn stop() {}

fn main() {}
