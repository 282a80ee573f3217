// SPDX-License-Identifier: GPL-2.0-only
//! The lock of kernels that do not check it.

use core::hint::black_box;

/// `spinlock_t`: unlocked when zero.
pub type RawLock = u32;

/// An unlocked lock.
#[inline]
pub fn unlocked() -> RawLock {
    // Not for the number: the link step refuses kernels whose spinlocks are not a `RawLock`.
    black_box(crate::__link_time_number!(".klp.size.spinlock.4"));
    0
}
