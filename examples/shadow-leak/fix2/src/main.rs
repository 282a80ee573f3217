// SPDX-License-Identifier: GPL-2.0-only
//! Counts how often each dummy is checked, on top of fix1: dummies in flight get their counters
//! when they are first checked, not when they are allocated.
#![no_std]
#![no_main]

#[path = "../../module.rs"]
mod module;

use core::sync::atomic::{AtomicU32, Ordering};
use klp_kernel::prelude::*;
use module::{Buffer, dummy};

klp::patch! {
    license: "GPL",
    description: "klp_shadow_mod: count the checks of each dummy",
}

/// The buffer that belongs to the dummy, as fix1 attaches it.
#[shadow]
unsafe static BUFFER: Shadow<dummy, Buffer>;

/// How often the dummy was checked.
#[shadow(name = "checks")]
unsafe static COUNTER: Shadow<dummy, AtomicU32>;

/// Counts, and says what the old function says.
///
/// # Safety
/// Called with a dummy that is not freed meanwhile.
#[livepatch(object = "klp_shadow_mod")]
unsafe extern "C" fn dummy_check(dummy: *mut dummy) -> bool {
    // SAFETY: the caller passes a dummy, and keeps it.
    let dummy = unsafe { &*dummy };
    if let Ok(count) = COUNTER.get_or_alloc(dummy, Gfp::NOWAIT, || Ok(AtomicU32::new(0))) {
        count.fetch_add(1, Ordering::Relaxed);
    }
    dummy.number != 0
}

/// What fix1's does, then the same for the counter.
///
/// # Safety
/// Called with a dummy that is in no list any more.
#[livepatch(object = "klp_shadow_mod")]
unsafe extern "C" fn dummy_free(dummy: *mut dummy) {
    // SAFETY: kmalloc's, and the caller gives it away.
    let dummy = unsafe { KBox::from_raw(dummy) };
    let count = COUNTER
        .get(&dummy)
        .map(|count| count.load(Ordering::Relaxed));
    pr_info!(
        "dummy {} checked {} times",
        dummy.number,
        count.unwrap_or(0)
    );
    // SAFETY: nobody else can reach the dummy.
    unsafe { BUFFER.free(&dummy) };
    // SAFETY: as above.
    unsafe { COUNTER.free(&dummy) };
}

/// The buffers are fix1's, which may stay.
#[post_unpatch(
    object = "klp_shadow_mod",
    undoes_nothing = "dummy_check() makes the variables"
)]
fn free_counters(_module: &Object) {
    // SAFETY: no task is in the patch's code, where the only users are.
    unsafe { COUNTER.free_all() };
}
