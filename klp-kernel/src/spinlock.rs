// SPDX-License-Identifier: GPL-2.0-only
//! Spinlocks that a patch adds.

#[cfg(linux_checks = "locks")]
mod checked;
#[cfg(not(linux_checks = "locks"))]
mod plain;

#[cfg(linux_checks = "locks")]
use checked::{RawLock, unlocked};
use core::cell::UnsafeCell;
use core::marker::PhantomData;
use core::ops::{Deref, DerefMut};
#[cfg(not(linux_checks = "locks"))]
use plain::{RawLock, unlocked};

unsafe extern "C" {
    /// What `spin_lock` calls; exported by the kernel (`kernel/locking/spinlock.c`).
    fn _raw_spin_lock(lock: *mut RawLock);
    /// What `spin_unlock` calls where kernels can be preempted, as distributions' can be; exported
    /// as above. A kernel that has it inline only is refused by the link step.
    fn _raw_spin_unlock(lock: *mut RawLock);
}

/// A value behind a `spinlock_t`; `SpinLock<()>` where the lock guards what is elsewhere.
///
/// For a patch's own locks, in shadow variables above all. While it is held, nothing may sleep,
/// and it must not be taken a second time. It leaves interrupts on: take it neither in interrupts
/// nor in softirqs if it is also taken outside of them.
#[repr(C)]
pub struct SpinLock<T = ()> {
    raw: UnsafeCell<RawLock>,
    value: UnsafeCell<T>,
}

// SAFETY: a lock is moved only with its value, and while nobody holds it.
unsafe impl<T: Send> Send for SpinLock<T> {}
// SAFETY: the value is reached by one holder of the lock at a time.
unsafe impl<T: Send> Sync for SpinLock<T> {}

impl<T> SpinLock<T> {
    /// An unlocked lock. A kernel that checks its locks takes those that are made at one place of the
    /// source for the same when it looks for an order between them.
    #[cfg_attr(linux_checks = "locks", track_caller)]
    pub fn new(value: T) -> Self {
        Self {
            raw: UnsafeCell::new(unlocked()),
            value: UnsafeCell::new(value),
        }
    }

    /// `spin_lock`: takes the lock, and gives it back when the guard is dropped.
    pub fn lock(&self) -> SpinLockGuard<'_, T> {
        // SAFETY: the lock has the kernel's layout, which `new` made sure of.
        unsafe { _raw_spin_lock(self.raw.get()) };
        // INVARIANT: just taken.
        SpinLockGuard {
            lock: self,
            task: PhantomData,
        }
    }
}

/// A lock that is held: the value behind it, and the unlocking at the end of the scope.
///
/// # Invariants
/// The lock is held, by this guard.
#[must_use = "the lock is given back as soon as the guard is dropped"]
pub struct SpinLockGuard<'a, T> {
    lock: &'a SpinLock<T>,
    /// The CPU that takes a spinlock gives it back.
    task: PhantomData<*mut ()>,
}

impl<T> Drop for SpinLockGuard<'_, T> {
    fn drop(&mut self) {
        // SAFETY: held by invariant, and the guard is gone after this.
        unsafe { _raw_spin_unlock(self.lock.raw.get()) };
    }
}

impl<T> Deref for SpinLockGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: held by invariant, so nobody else reaches the value.
        unsafe { &*self.lock.value.get() }
    }
}

impl<T> DerefMut for SpinLockGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: held by invariant, so nobody else reaches the value.
        unsafe { &mut *self.lock.value.get() }
    }
}
