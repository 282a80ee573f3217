// SPDX-License-Identifier: GPL-2.0-only
//! What has to be done later, and not by whoever asks for it: another look at the tasks, burials.

use crate::thread::{NEVER, Started, Thread};
use crate::{clock, engine, graveyard};
use core::sync::atomic::{AtomicU64, Ordering};
use klp_kernel::prelude::*;

static WORKER: Thread = Thread::new(c"klp", work, due);

/// When to look at the tasks again, by the [clock](clock::now).
static RETRY: AtomicU64 = AtomicU64::new(NEVER);

/// Starts the thread that does it.
pub fn start() -> Result<Started> {
    WORKER.start()
}

/// Has the tasks looked at again after so many nanoseconds.
pub fn retry_after(nanoseconds: u64) {
    let at = clock::now().saturating_add(nanoseconds);
    RETRY.store(at, Ordering::Relaxed);
    wake();
}

/// Wakes the thread, because there is something to do.
pub fn wake() {
    WORKER.wake();
}

fn due() -> u64 {
    if graveyard::is_empty() {
        RETRY.load(Ordering::Relaxed)
    } else {
        0
    }
}

fn work() {
    if RETRY.load(Ordering::Relaxed) <= clock::now() {
        RETRY.store(NEVER, Ordering::Relaxed);
        retry();
    }
    if !graveyard::is_empty() {
        graveyard::bury_all();
    }
}

fn retry() {
    if let Some(engine) = &mut *engine::lock() {
        // It is told of no mistake but its own.
        let _ = engine.retry();
    }
}
