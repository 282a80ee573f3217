// SPDX-License-Identifier: GPL-2.0-only
//! What may be done with the lock held: everything that changes the table.

use super::buckets::Buckets;
use super::entry::{EntryRef, Spare};
use super::key::Key;
use super::word::Word;
use super::{Platform, Table};
use crate::sync::Ordering;
use core::ffi::c_void;
use core::ptr::NonNull;

/// A table whose lock is held.
pub(super) struct Held<'t, P: Platform> {
    table: &'t Table<P>,
    _lock: P::Locked<'t>,
}

impl<P: Platform> Table<P> {
    pub(super) fn lock(&self) -> Held<'_, P> {
        Held {
            _lock: self.platform.lock(),
            table: self,
        }
    }
}

impl<P: Platform> Held<'_, P> {
    /// The current array.
    #[inline]
    pub fn buckets(&self) -> Buckets<'_> {
        // SAFETY: the lock is held as long as `self` is there.
        unsafe { Buckets::load(&self.table.current.0) }
    }

    /// How many buckets are about as much work as [`Platform::BATCH`] says.
    pub fn buckets_per_batch(&self) -> usize {
        let buckets = self.buckets().count();
        let work = buckets + self.table.load.entries(self);
        (P::BATCH * buckets)
            .checked_div(work)
            .map_or(1, |count| count.max(1))
    }

    /// Attaches a variable. There must be none of that key.
    #[inline]
    pub fn insert(&self, spare: Spare<'_, P>, hash: u64) -> NonNull<c_void> {
        let entry = spare.publish();
        // SAFETY: the lock is held, and the entry has never been in a chain.
        unsafe { self.buckets().chain(hash).push(entry) };
        if self.table.load.add(self) {
            self.table.platform.request_resize();
        }
        entry.data()
    }

    /// Detaches a variable, if it is there, and frees it.
    pub fn remove(&self, key: Key, hash: u64, destroy: impl FnOnce(NonNull<c_void>)) {
        let buckets = self.buckets();
        // SAFETY: the lock is held.
        let newer = unsafe { buckets.chain(hash).take(key) };
        let older = buckets.older().and_then(|older| {
            // SAFETY: the lock is held.
            unsafe { older.chain(hash).take(key) }
        });
        // A variable that was copied is in both.
        if let Some(entry) = newer.or(older) {
            self.free(entry, |_, data| destroy(data));
        }
    }

    /// Destroys and frees a variable which is no longer in any chain.
    #[inline]
    pub fn free(&self, entry: EntryRef<'_>, destroy: impl FnOnce(*mut c_void, NonNull<c_void>)) {
        destroy(entry.key.object, entry.data());
        // SAFETY: the memory is the platform's, and who begins to read now cannot come by it.
        unsafe { self.table.platform.free_later(entry.memory()) };
        if self.table.load.remove(self) {
            self.table.platform.request_resize();
        }
    }

    /// Makes an array the current one: a new, empty one, whose older one is the one that was; or
    /// the same without its older one, all of whose chains are copied.
    pub fn publish(&self, word: Word) {
        let current = &self.table.current.0;
        // RELEASE: pairs with the acquire in `Buckets::load`.
        current.store(word.as_ptr(), Ordering::Release);
    }
}
