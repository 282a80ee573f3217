// SPDX-License-Identifier: GPL-2.0-only
//! As the message says: a `#[pre_unpatch]` callback for the same object, named by `undo`.
#![no_std]
#![no_main]
use core::sync::atomic::{AtomicI32, Ordering::Relaxed};
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

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
