// SPDX-License-Identifier: GPL-2.0-only
//! A licence that the kernel does not know, of a module.
use klp_kernel::prelude::*;

klp::module! {
    license: "GPL-2.0-only",
    init: start,
    exit: stop,
}

fn start() -> Result {
    Ok(())
}

fn stop() {}

fn main() {}
