// SPDX-License-Identifier: GPL-2.0-only
//! Freeing all variables of a kind, a batch at a time.

use super::chain::Chain;
use super::held::Held;
use super::key::Key;
use super::{Platform, Table};
use core::ffi::c_void;
use core::ops::RangeInclusive;
use core::ptr::NonNull;

impl<P: Platform> Table<P> {
    /// Detaches and frees the `id` variables of all objects. `destroy` is called for each, under
    /// the lock, with the object and the data.
    ///
    /// The lock is not held all the time but for about [`Platform::BATCH`] variables, or one chain
    /// if that is longer, so that others get their turn. Of `id` variables which others attach
    /// meanwhile, some may remain; all that were there at the call are gone when it returns.
    ///
    /// Source: `klp_shadow_free_all` in `kernel/livepatch/shadow.c`.
    pub fn free_all(&self, id: u64, destroy: impl FnMut(*mut c_void, NonNull<c_void>)) {
        let mut kind = Kind { id, destroy };
        let mut next = Some(0);
        while let Some(hash) = next {
            next = self.lock().free_batch(hash, &mut kind);
        }
    }
}

/// What is to be freed, and how it is destroyed.
struct Kind<F> {
    id: u64,
    destroy: F,
}

impl<P: Platform> Held<'_, P> {
    /// Frees a batch from the bucket of `hash` on. Says with which hash the next batch begins.
    ///
    /// The order of the hashes is that of the buckets, whatever their number: so the way through
    /// stays the same if the table changes its size between two batches.
    fn free_batch<F>(&self, mut hash: u64, kind: &mut Kind<F>) -> Option<u64>
    where
        F: FnMut(*mut c_void, NonNull<c_void>),
    {
        let mut work = 0;
        while work < P::BATCH {
            let hashes = self.arrays().hashes(hash);
            work += self.free_older(&hashes, kind);
            work += self.free_current(&hashes, kind);
            hash = hashes.end().checked_add(1)?;
        }
        Some(hash)
    }

    /// Takes variables out of the older buckets, and frees those that are in no others.
    fn free_older<F>(&self, hashes: &RangeInclusive<u64>, kind: &mut Kind<F>) -> usize
    where
        F: FnMut(*mut c_void, NonNull<c_void>),
    {
        let arrays = self.arrays();
        let Some(older) = arrays.older else { return 0 };
        let chains = older.indices(hashes).map(|index| {
            let copied = index < arrays.current.copied();
            // SAFETY: the index is one of this array's.
            let chain = unsafe { older.chain_at(index) };
            self.free_chain(chain, kind, copied)
        });
        chains.sum()
    }

    fn free_current<F>(&self, hashes: &RangeInclusive<u64>, kind: &mut Kind<F>) -> usize
    where
        F: FnMut(*mut c_void, NonNull<c_void>),
    {
        let current = self.arrays().current;
        let chains = current.indices(hashes).map(|index| {
            // SAFETY: the index is one of this array's.
            let chain = unsafe { current.chain_at(index) };
            self.free_chain(chain, kind, false)
        });
        chains.sum()
    }

    /// Takes variables out of a chain, and frees them unless they are in another `as_well`. Says
    /// how much work that was.
    fn free_chain<F>(&self, chain: Chain<'_>, kind: &mut Kind<F>, as_well: bool) -> usize
    where
        F: FnMut(*mut c_void, NonNull<c_void>),
    {
        let Kind { id, destroy } = kind;
        let wanted = |other: Key| other.id == *id;
        // SAFETY: the lock is held, and `free` frees by way of a grace period.
        let seen = unsafe {
            chain.extract(wanted, |entry| {
                if !as_well {
                    self.free(entry, &mut *destroy);
                }
            })
        };
        seen + 1
    }
}
