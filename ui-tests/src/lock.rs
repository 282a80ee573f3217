// SPDX-License-Identifier: GPL-2.0-only
//! Spinlocks of a machine with one CPU: taken at most once.

use core::sync::atomic::{AtomicU32, Ordering::Relaxed};

static HELD: AtomicU32 = AtomicU32::new(0);

/// How many locks are held.
pub fn locks_held() -> u32 {
    HELD.load(Relaxed)
}

#[unsafe(no_mangle)]
extern "C" fn _raw_spin_lock(lock: &AtomicU32) {
    assert_eq!(lock.swap(1, Relaxed), 0, "taken twice");
    HELD.fetch_add(1, Relaxed);
}

#[unsafe(no_mangle)]
extern "C" fn _raw_spin_unlock(lock: &AtomicU32) {
    assert_eq!(lock.swap(0, Relaxed), 1, "not held");
    HELD.fetch_sub(1, Relaxed);
}
