// SPDX-License-Identifier: GPL-2.0-only
//! Patches that the engine has released, on their way out.
//!
//! The engine releases under its lock. But who reads or writes an attribute of the patch may be
//! waiting for that lock, and the attribute cannot go before: so the worker sees to the rest.

use crate::loaded::{Handle, Loaded};
use crate::lock::Mutex;
use crate::{engine, worker};
use core::cell::Cell;
use core::sync::atomic::{AtomicBool, Ordering};

/// What is waiting to be buried, the last first.
struct Waiting(Cell<Option<Handle>>);

// SAFETY: changed under the lock of the engine.
unsafe impl Sync for Waiting {}

static WAITING: Waiting = Waiting(Cell::new(None));

/// Whether there is anything, for those who do not hold the lock.
static ANY: AtomicBool = AtomicBool::new(false);

/// One burial at a time, so that who waits for one waits for all.
static BURIAL: Mutex<()> = Mutex::new(());

/// Sets the graveyard up.
///
/// # Safety
/// Only when the module is loaded, before anything else.
pub unsafe fn set_up() {
    // SAFETY: nobody uses it yet.
    unsafe { BURIAL.set_up(c"klp_burial") };
}

/// Has a patch buried soon. The lock of the engine is held.
pub fn put(patch: Handle, forced: bool) {
    patch.get().forced.set(forced);
    patch.get().next.set(WAITING.0.replace(Some(patch)));
    ANY.store(true, Ordering::Relaxed);
    worker::wake();
}

/// Whether there is nothing to bury.
pub fn is_empty() -> bool {
    !ANY.load(Ordering::Relaxed)
}

/// Buries all that were put here before. The lock of the engine is not held.
pub fn bury_all() {
    let _one = BURIAL.lock();
    let mut next = {
        let _engine = engine::lock();
        ANY.store(false, Ordering::Relaxed);
        WAITING.0.take()
    };
    while let Some(patch) = next {
        // SAFETY: it was given to the engine for as long as that has it, which is over.
        let patch = unsafe { patch.into_box() };
        next = patch.next.get();
        Loaded::bury(patch);
    }
}
