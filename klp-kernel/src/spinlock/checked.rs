// SPDX-License-Identifier: GPL-2.0-only
//! The lock of kernels that check it: it knows who holds it, and of which class it is.

use core::ffi::{c_char, c_short, c_void};
use core::mem::MaybeUninit;
use core::panic::Location;

crate::types! { struct spinlock; }

/// `spinlock_t`.
pub type RawLock = spinlock;

unsafe extern "C" {
    /// What `spin_lock_init` calls; exported by the kernel (`kernel/locking/spinlock_debug.c`).
    fn __raw_spin_lock_init(
        lock: *mut RawLock,
        name: *const c_char,
        key: *const c_void,
        inner: c_short,
    );
}

/// An unlocked lock. Its class is the place where it is made, as it is in C: the key is any address
/// in the module's data that stands for it. As in C, a lock that outlives its module has no class any
/// more, and the kernel says so.
#[track_caller]
pub fn unlocked() -> RawLock {
    let place = Location::caller();
    let waits = crate::enumerator!(LD_WAIT_CONFIG) as c_short;
    let mut lock = MaybeUninit::zeroed();
    // SAFETY: a new lock, which may move until it is first taken; the name and the key stay as long
    // as the module.
    unsafe {
        let (name, key) = (place.file_as_c_str().as_ptr(), (&raw const *place).cast());
        __raw_spin_lock_init(lock.as_mut_ptr(), name, key, waits);
    }
    // SAFETY: just made ready.
    unsafe { lock.assume_init() }
}
