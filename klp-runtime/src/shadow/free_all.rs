// SPDX-License-Identifier: GPL-2.0-only
//! Freeing all variables of a kind, a batch at a time.

use super::chain::Chain;
use super::held::Held;
use super::key::Key;
use super::{Platform, Table};
use core::ffi::c_void;
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
    fn free_batch<F>(&self, hash: u64, kind: &mut Kind<F>) -> Option<u64>
    where
        F: FnMut(*mut c_void, NonNull<c_void>),
    {
        let buckets = self.buckets();
        let hashes = buckets.hashes(hash, self.buckets_per_batch());
        if let Some(older) = buckets.older() {
            let copied = buckets.copied();
            for (index, chain) in older.chains(&hashes) {
                // What was copied is in both arrays: free it once it is out of the other, too.
                self.detach(chain, kind, index >= copied);
            }
        }
        // Not a loop of ours: the iterator's own takes half the instructions.
        let chains = buckets.chains(&hashes);
        chains.for_each(|(_, chain)| self.detach(chain, kind, true));
        hashes.end().checked_add(1)
    }

    /// Takes variables out of a chain, and perhaps frees them.
    #[inline]
    fn detach<F>(&self, chain: Chain<'_>, kind: &mut Kind<F>, free: bool)
    where
        F: FnMut(*mut c_void, NonNull<c_void>),
    {
        let Kind { id, destroy } = kind;
        let wanted = |key: Key| key.id == *id;
        // SAFETY: the lock is held, and `free` frees by way of a grace period.
        unsafe {
            chain.extract(wanted, |entry| {
                if free {
                    self.free(entry, &mut *destroy);
                }
            });
        }
    }
}
