// SPDX-License-Identifier: GPL-2.0-only
//! What `init` and `exit` are.
use klp_kernel::prelude::*;

klp::module! {
    license: "GPL",
    init: start,
    exit: stop,
}

fn start() -> c_int {
    0
}

fn stop(_why: c_int) {}

fn main() {}
