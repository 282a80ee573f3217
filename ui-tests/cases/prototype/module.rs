// SPDX-License-Identifier: GPL-2.0-only
//! A module's functions, and the kernel's types that they use.
use klp_kernel::prelude::*;

klp::types! {
    struct task;
}

#[livepatch(object = "ui_module")]
extern "C" fn device_open(_device: *mut task, _queue: c_long) -> c_int {
    0
}

fn main() {}
