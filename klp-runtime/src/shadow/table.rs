// SPDX-License-Identifier: GPL-2.0-only
//! The table, and what is done with single variables.

use super::Platform;
use super::buckets::Buckets;
use super::chain::Parity;
use super::entry::{EntryRef, Spare};
use super::key::Key;
use super::load::Load;
use super::word::{Header, Word};
use crate::sync::{AtomicPtr, Ordering};
use crate::{Errno, Result};
use core::ffi::c_void;
use core::ptr::NonNull;

/// A table of shadow variables: memory for data, found by the object that it is attached to and
/// the id of its kind. See the [module](super)'s documentation.
///
/// The object's address is compared and handed on, but never followed.
///
/// # Invariants
/// `current` holds a [`Word`], which says that its older array is in use only while [`resize`](Self::resize) runs.
pub struct Table<P: Platform> {
    pub(super) current: Apart<AtomicPtr<Header>>,
    pub(super) load: Load,
    pub(super) platform: P,
}

/// In a cache line of its own: read by all, and not to be disturbed by those who write.
#[repr(align(64))]
pub(super) struct Apart<T>(pub T);

impl<P: Platform> Table<P> {
    /// An empty table, with [`Platform::SMALLEST`] buckets. Sleeps.
    ///
    /// # Errors
    /// [`Errno::ENOMEM`].
    pub fn new(platform: P) -> Result<Self> {
        const { assert!(P::SMALLEST.is_power_of_two() && P::SMALLEST >= 2) };
        let buckets = Word::allocate(&platform, P::SMALLEST, Parity::Even, None);
        let buckets = buckets.ok_or(Errno::ENOMEM)?;
        // INVARIANT: the array is there, and has no older one.
        Ok(Self {
            current: Apart(AtomicPtr::new(buckets.as_ptr())),
            load: Load::new(P::SMALLEST),
            platform,
        })
    }

    /// The data of an object's variable, if it has one.
    ///
    /// Takes no lock, and neither waits nor tries again, whatever others do. May be called in any
    /// context, NMI included. The data are there until the variable is freed.
    ///
    /// Source: `klp_shadow_get` in `kernel/livepatch/shadow.c`.
    pub fn get(&self, object: *mut c_void, id: u64) -> Option<NonNull<c_void>> {
        let key = Key { object, id };
        self.find(key, key.hash())
    }

    /// Attaches a variable with `size` bytes to an object, which must not have one of that id yet.
    ///
    /// The data are aligned to 16 bytes, and zero when they get to `construct`, which is called
    /// once, under the lock, and after that seen by others.
    ///
    /// # Errors
    /// - [`Errno::EEXIST`], and the platform warns: there is one already.
    /// - [`Errno::ENOMEM`]: there is no memory.
    /// - That of `construct`, which the platform reports. Nothing is attached then.
    ///
    /// Source: `klp_shadow_alloc` in `kernel/livepatch/shadow.c`.
    pub fn alloc(
        &self,
        object: *mut c_void,
        id: u64,
        size: usize,
        flags: P::Flags,
        construct: impl FnOnce(NonNull<c_void>) -> Result,
    ) -> Result<NonNull<c_void>> {
        let key = Key { object, id };
        match self.attach(key, key.hash(), size, flags, construct)? {
            Attached::Now(data) => Ok(data),
            Attached::Before(_) => {
                self.platform.warn_duplicate(object, id);
                Err(Errno::EEXIST)
            }
        }
    }

    /// The data of an object's variable, which is attached first if there is none.
    ///
    /// `construct` is called if there is none, as for [`alloc`](Self::alloc). Of several callers
    /// at once, one attaches the variable and all get the same.
    ///
    /// # Errors
    /// As [`alloc`](Self::alloc), but for `EEXIST`.
    ///
    /// Source: `klp_shadow_get_or_alloc` in `kernel/livepatch/shadow.c`.
    pub fn get_or_alloc(
        &self,
        object: *mut c_void,
        id: u64,
        size: usize,
        flags: P::Flags,
        construct: impl FnOnce(NonNull<c_void>) -> Result,
    ) -> Result<NonNull<c_void>> {
        let key = Key { object, id };
        let hash = key.hash();
        if let Some(data) = self.find(key, hash) {
            return Ok(data);
        }
        let attached = self.attach(key, hash, size, flags, construct)?;
        let (Attached::Now(data) | Attached::Before(data)) = attached;
        Ok(data)
    }

    /// Detaches and frees an object's variable, if it has one. `destroy` is called under the lock,
    /// with the data, when nobody can find them any more, though who found them may use them.
    ///
    /// Source: `klp_shadow_free` in `kernel/livepatch/shadow.c`.
    pub fn free(&self, object: *mut c_void, id: u64, destroy: impl FnOnce(NonNull<c_void>)) {
        let key = Key { object, id };
        self.lock().remove(key, key.hash(), destroy);
    }

    /// The platform that it was made with.
    pub fn platform(&self) -> &P {
        &self.platform
    }

    /// The current array, for those who know that it stays.
    pub(super) fn current(&self) -> Word {
        // Relaxed: they had their part in putting it there, or hold the lock.
        let current = self.current.0.load(Ordering::Relaxed);
        // SAFETY: a word's, by the type's invariant.
        unsafe { Word::from_ptr(current) }
    }

    #[inline]
    fn find(&self, key: Key, hash: u64) -> Option<NonNull<c_void>> {
        let _reading = self.platform.read();
        // SAFETY: this is a read-side section until the function returns.
        let buckets = unsafe { Buckets::load(&self.current.0) };
        buckets.find(key, hash).map(|entry| entry.data())
    }

    fn attach(
        &self,
        key: Key,
        hash: u64,
        size: usize,
        flags: P::Flags,
        construct: impl FnOnce(NonNull<c_void>) -> Result,
    ) -> Result<Attached> {
        // Before the lock, as it may sleep. It is freed after it, if it is not used.
        let Some(spare) = Spare::new(&self.platform, key, size, flags) else {
            let before = self.find(key, hash).map(Attached::Before);
            return before.ok_or(Errno::ENOMEM);
        };
        let held = self.lock();
        if let Some(entry) = held.buckets().find(key, hash) {
            return Ok(Attached::Before(entry.data()));
        }
        match construct(spare.data()) {
            Ok(()) => Ok(Attached::Now(held.insert(spare, hash))),
            Err(error) => {
                drop(held);
                self.platform.report_failure(key.object, key.id, error);
                Err(error)
            }
        }
    }
}

/// What came of attaching a variable.
enum Attached {
    Now(NonNull<c_void>),
    Before(NonNull<c_void>),
}

impl<P: Platform> Drop for Table<P> {
    /// Frees what is left, which nobody may use any more. The data are not destroyed: nobody is
    /// there who knew how.
    fn drop(&mut self) {
        let current = self.current();
        // SAFETY: it is there until it is freed below.
        let buckets = unsafe { Buckets::new(current) };
        for index in 0..buckets.count() {
            let free = |entry: EntryRef<'_>| {
                // SAFETY: the memory is the platform's, and nobody else has the table.
                unsafe { self.platform.free(entry.memory()) };
            };
            // SAFETY: the index is one of this array's.
            let chain = unsafe { buckets.chain_at(index) };
            // SAFETY: nobody else has the table.
            unsafe { chain.extract(|_| true, free) };
        }
        // SAFETY: nobody else has the table, and it has no older array, as nobody resizes it.
        unsafe { current.free(&self.platform) };
    }
}
