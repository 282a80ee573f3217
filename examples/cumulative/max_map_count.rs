// SPDX-License-Identifier: GPL-2.0-only
//! Raises `vm.max_map_count`. How far, and which version of the state that is, the patch says.

use crate::{BEFORE, ENOUGH};
use core::sync::atomic::{AtomicI32, Ordering};
use klp_kernel::prelude::*;

#[kernel(object = "vmlinux")]
unsafe extern "C" {
    /// `mm/util.c`: an int that is read and written by everybody, at any time.
    safe static sysctl_max_map_count: AtomicI32;
}

/// Gets the memory to remember the limit, while the patch can still be refused.
#[pre_patch(object = "vmlinux", undo = forget)]
fn prepare(vmlinux: &Object) -> Result {
    if BEFORE.previous_version(vmlinux).is_none() {
        let memory = KBox::new(0, Gfp::kernel(&vmlinux.may_sleep()))?;
        BEFORE.put(vmlinux, memory);
    }
    Ok(())
}

/// Raises the limit. What it was is known to the patch that raised it first.
#[post_patch(object = "vmlinux", undo = restore)]
fn raise(vmlinux: &Object) {
    let raised = sysctl_max_map_count.swap(ENOUGH, Ordering::Relaxed);
    if let Some(before) = BEFORE.take_previous(vmlinux) {
        pr_info!("vm.max_map_count was {} before {raised}", *before);
        BEFORE.put(vmlinux, before);
    } else if let Some(mut before) = BEFORE.take(vmlinux) {
        *before = raised;
        BEFORE.put(vmlinux, before);
    }
}

#[pre_unpatch(object = "vmlinux")]
fn restore(vmlinux: &Object) {
    if let Some(before) = BEFORE.take(vmlinux) {
        sysctl_max_map_count.store(*before, Ordering::Relaxed);
    }
}

/// Frees the memory where it has come to nothing.
#[post_unpatch(object = "vmlinux")]
fn forget(vmlinux: &Object) {
    drop(BEFORE.take(vmlinux));
}
