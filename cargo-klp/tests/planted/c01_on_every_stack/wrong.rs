// SPDX-License-Identifier: GPL-2.0-only
//! Complaint 1. What is to happen when a task goes to sleep is put into `schedule` itself.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

#[livepatch(object = "vmlinux")]
extern "C" fn schedule() {
    pr_info!("somebody goes to sleep");
}
