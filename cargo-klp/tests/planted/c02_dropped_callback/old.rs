// SPDX-License-Identifier: GPL-2.0-only
//! The patch that is in use: it raises a limit, and lowers it when it goes.
//@ name: fix-1
#![no_std]
#![no_main]
use core::sync::atomic::{AtomicI32, Ordering::Relaxed};
use klp_kernel::prelude::*;

klp::patch! { license: "GPL", replace: true }

#[kernel(object = "vmlinux")]
unsafe extern "C" {
    /// `mm/util.c`: an int that is read and written by everybody, at any time.
    safe static sysctl_max_map_count: AtomicI32;
}

#[post_patch(object = "vmlinux", undo = lower)]
fn raise(_vmlinux: &Object) {
    sysctl_max_map_count.store(262_144, Relaxed);
}

#[pre_unpatch(object = "vmlinux")]
fn lower(_vmlinux: &Object) {
    sysctl_max_map_count.store(65_530, Relaxed);
}
