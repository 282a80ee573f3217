// SPDX-License-Identifier: GPL-2.0-only
//! Bucket arrays: one that is in use, and while the table changes its size an older one as well.

use super::Platform;
use super::chain::{Chain, Link, Parity};
use super::entry::EntryRef;
use super::key::Key;
use crate::sync::{AtomicPtr, AtomicUsize, Ordering};
use core::alloc::Layout;
use core::ops::RangeInclusive;
use core::ptr::{NonNull, null_mut};
use core::slice::from_raw_parts;

/// An array of buckets. A bucket's index is the upper part of its entries' hashes: so a range of
/// hashes is a range of buckets, whatever the number of buckets.
///
/// # Invariants
/// `heads` points to `1 << (64 - shift)` links, in the same piece of memory as the array itself.
/// `shift` is below 64.
pub(super) struct Buckets {
    heads: NonNull<Link>,
    shift: u32,
    parity: Parity,
    /// The array that this one takes over from, until all chains are copied.
    older: AtomicPtr<Buckets>,
    /// How many of the older array's chains are copied. For the lock's holder only.
    copied: AtomicUsize,
}

impl Buckets {
    /// `count` empty buckets, a power of two and at least 2, if there is memory. May sleep.
    pub fn new<P: Platform>(
        platform: &P,
        count: usize,
        parity: Parity,
        older: Option<NonNull<Self>>,
    ) -> Option<NonNull<Self>> {
        let links = Layout::array::<Link>(count).ok()?;
        let (layout, offset) = Layout::new::<Self>().extend(links).ok()?;
        let memory = platform.allocate_buckets(layout)?;
        // SAFETY: the layout has the links at this offset.
        let heads = unsafe { memory.add(offset) }.cast::<Link>();
        for index in 0..count {
            // SAFETY: the layout has room for `count` links.
            let head = unsafe { heads.add(index) };
            // SAFETY: as above; the memory is nobody else's yet.
            unsafe { head.write(Link::null()) };
        }
        let buckets = memory.cast::<Self>();
        // INVARIANT: the links were written just now; `count` is 2 or more, hence the shift.
        let header = Self {
            heads,
            shift: u64::BITS - count.trailing_zeros(),
            parity,
            older: AtomicPtr::new(older.map_or(null_mut(), NonNull::as_ptr)),
            copied: AtomicUsize::new(0),
        };
        // SAFETY: the layout begins with room for the header; the memory is nobody else's yet.
        unsafe { buckets.write(header) };
        Some(buckets)
    }

    /// # Safety
    /// `buckets` must be [`new`](Self::new)'s, made with the same platform, and used by nobody
    /// any more.
    pub unsafe fn free<P: Platform>(buckets: NonNull<Self>, platform: &P) {
        // SAFETY: by the function's contract.
        unsafe { platform.free_buckets(buckets.cast()) };
    }

    #[inline]
    pub fn count(&self) -> usize {
        1 << (u64::BITS - self.shift)
    }

    pub fn parity(&self) -> Parity {
        self.parity
    }

    #[inline]
    fn index(&self, hash: u64) -> usize {
        (hash >> self.shift) as usize
    }

    #[inline]
    pub fn chain(&self, hash: u64) -> Chain<'_> {
        // SAFETY: there are as many buckets as a hash has values when shifted by `shift`.
        unsafe { self.chain_at(self.index(hash)) }
    }

    /// # Safety
    /// `index` must be less than [`count`](Self::count).
    #[inline]
    pub unsafe fn chain_at(&self, index: usize) -> Chain<'_> {
        // SAFETY: there are `count` links, by the type's invariant.
        let head = unsafe { self.heads.add(index) };
        Chain {
            // SAFETY: the links are there as long as the array.
            head: unsafe { head.as_ref() },
            parity: self.parity,
        }
    }

    /// The chains of a range of hashes, with their indices.
    #[inline]
    pub fn chains(&self, hashes: &RangeInclusive<u64>) -> impl Iterator<Item = (usize, Chain<'_>)> {
        let (first, last) = (self.index(*hashes.start()), self.index(*hashes.end()));
        // SAFETY: the index of a hash is less than `count`.
        let head = unsafe { self.heads.add(first) }.as_ptr();
        // SAFETY: the links from the first to the last are there as long as the array.
        let heads = unsafe { from_raw_parts(head, last - first + 1) };
        let parity = self.parity;
        let chain = move |(index, head)| (index, Chain { head, parity });
        (first..).zip(heads).map(chain)
    }

    /// How many of the older array's chains are in this one. Only for the lock's holder.
    #[inline]
    pub fn copied(&self) -> usize {
        self.copied.load(Ordering::Relaxed)
    }

    /// Says how many of the older array's chains are in this one. Only for the lock's holder.
    pub fn set_copied(&self, count: usize) {
        self.copied.store(count, Ordering::Relaxed);
    }

    /// Gives the older array up: all its chains are in this one. Only for the lock's holder.
    pub fn give_up_older(&self) {
        // RELEASE: pairs with the acquire in `Buckets::older`: who no longer finds the older
        // array finds all that was copied.
        self.older.store(null_mut(), Ordering::Release);
    }

    #[inline]
    fn older(&self) -> Option<&Self> {
        // ACQUIRE: pairs with the release in `Buckets::give_up_older`.
        let older = self.older.load(Ordering::Acquire);
        // SAFETY: null, or an array which is freed only after it was given up here and all
        // those are through who may have found it.
        unsafe { older.as_ref() }
    }
}

/// The bucket arrays as the lock's holder, or a reader in his section, found them.
#[derive(Clone, Copy)]
pub(super) struct Arrays<'g> {
    pub current: &'g Buckets,
    pub older: Option<&'g Buckets>,
}

impl<'g> Arrays<'g> {
    /// # Safety
    /// The caller must hold the lock, or be in a read-side section, for the length of `'g`.
    #[inline]
    pub unsafe fn load(current: &'g AtomicPtr<Buckets>) -> Self {
        // ACQUIRE: pairs with the release in `Held::publish`: the new array is seen with its
        // buckets empty or better, and with the older one.
        let current = current.load(Ordering::Acquire);
        // SAFETY: a table's current array is never null, and freed only after another became
        // current and all those are through who may have found it.
        let current = unsafe { &*current };
        // Before a chain is walked: an entry that is not yet copied when the walk comes by must
        // be found in the older array.
        let older = current.older();
        Self { current, older }
    }

    /// The hashes of `count` buckets, from that of `hash` on. The buckets are those of the array
    /// with fewer, and so whole ones of the other.
    #[inline]
    pub fn hashes(self, hash: u64, count: usize) -> RangeInclusive<u64> {
        let other = self.older.unwrap_or(self.current);
        let shift = self.current.shift.max(other.shift);
        let (first, rest) = (hash >> shift, u64::MAX >> (u64::BITS - shift));
        let last = (first + count as u64 - 1).min(u64::MAX >> shift);
        first << shift..=last << shift | rest
    }

    #[inline]
    pub fn find(self, key: Key, hash: u64) -> Option<EntryRef<'g>> {
        let found = self.current.chain(hash).find(key);
        found.or_else(|| self.older?.chain(hash).find(key))
    }
}
