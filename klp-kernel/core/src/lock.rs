// SPDX-License-Identifier: GPL-2.0-only
//! A value behind a kernel mutex.

use crate::kernel::mutex;
use core::cell::UnsafeCell;
use core::ffi::CStr;
#[cfg(not(linux_at_least = "7.0"))]
use core::ffi::{c_char, c_void};
use core::mem::MaybeUninit;
use core::ops::{Deref, DerefMut};
use klp_kernel::prelude::*;

#[kernel(object = "vmlinux")]
unsafe extern "C" {
    /// `kernel/locking/mutex.c`.
    pub fn mutex_unlock(lock: *mut mutex);
}

#[cfg(not(linux_checks = "locks"))]
#[kernel(object = "vmlinux")]
unsafe extern "C" {
    /// `kernel/locking/mutex.c`.
    pub fn mutex_lock(lock: *mut mutex);
}

#[cfg(linux_checks = "locks")]
#[kernel(object = "vmlinux")]
unsafe extern "C" {
    /// `kernel/locking/mutex.c`.
    fn mutex_lock_nested(lock: *mut mutex, subclass: c_uint);
}

/// What is a macro there (`include/linux/mutex.h`).
///
/// # Safety
/// As for the function that other kernels have.
#[cfg(linux_checks = "locks")]
pub unsafe fn mutex_lock(lock: *mut mutex) {
    // SAFETY: the caller vouches for the lock.
    unsafe { mutex_lock_nested(lock, 0) };
}

#[cfg(not(linux_at_least = "7.0"))]
#[kernel(object = "vmlinux")]
unsafe extern "C" {
    /// `kernel/locking/mutex.c`.
    #[kernel(unchecked = "what tells locks apart is of no size without lock debugging")]
    fn __mutex_init(lock: *mut mutex, name: *const c_char, key: *mut c_void);
}

#[cfg(linux_at_least = "7.0")]
#[kernel(object = "vmlinux")]
unsafe extern "C" {
    /// `kernel/locking/mutex.c`.
    fn mutex_init_generic(lock: *mut mutex);
}

/// A value that one task at a time can reach.
pub struct Mutex<T> {
    raw: UnsafeCell<MaybeUninit<mutex>>,
    value: UnsafeCell<T>,
}

// SAFETY: the value is reached by the holder of the lock alone.
unsafe impl<T: Send> Sync for Mutex<T> {}

impl<T> Mutex<T> {
    /// A mutex that has to be set up before its first use.
    pub const fn new(value: T) -> Self {
        Self {
            raw: UnsafeCell::new(MaybeUninit::zeroed()),
            value: UnsafeCell::new(value),
        }
    }

    /// Sets the mutex up, by a name for those who debug locks.
    ///
    /// # Safety
    /// Nobody may use it yet.
    pub unsafe fn set_up(&'static self, name: &'static CStr) {
        #[cfg(not(linux_at_least = "7.0"))]
        // SAFETY: nobody uses it; a lock class may be any address in the module's data.
        unsafe {
            __mutex_init(self.raw.get().cast(), name.as_ptr(), self.raw.get().cast());
        }
        #[cfg(linux_at_least = "7.0")]
        {
            let _ = name;
            // SAFETY: nobody uses it.
            unsafe { mutex_init_generic(self.raw.get().cast()) };
        }
    }

    /// Waits for the lock.
    pub fn lock(&self) -> Guard<'_, T> {
        // SAFETY: it was set up when the module was loaded.
        unsafe { mutex_lock(self.raw.get().cast()) };
        // INVARIANT: just taken.
        Guard { mutex: self }
    }
}

/// The lock, held.
///
/// # Invariants
/// The mutex is held by this guard.
pub struct Guard<'a, T> {
    mutex: &'a Mutex<T>,
}

impl<T> Deref for Guard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: the lock is held, by the invariant.
        unsafe { &*self.mutex.value.get() }
    }
}

impl<T> DerefMut for Guard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: the lock is held, by the invariant.
        unsafe { &mut *self.mutex.value.get() }
    }
}

impl<T> Drop for Guard<'_, T> {
    fn drop(&mut self) {
        // SAFETY: the lock is held, by the invariant.
        unsafe { mutex_unlock(self.mutex.raw.get().cast()) };
    }
}
