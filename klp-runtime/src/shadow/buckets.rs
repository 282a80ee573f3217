// SPDX-License-Identifier: GPL-2.0-only
//! Bucket arrays: one that is in use, and while the table changes its size an older one as well.

use super::chain::{Chain, Link, Parity};
use super::entry::EntryRef;
use super::key::Key;
use super::mask::{MASK_BITS, in_use};
use super::word::{Header, Word};
use crate::sync::{AtomicPtr, Ordering};
use core::marker::PhantomData;
use core::ops::RangeInclusive;
use core::ptr::NonNull;
use core::slice::from_raw_parts;

/// An array of buckets, as the lock's holder, or a reader in his section, found it. A bucket's
/// index is the upper part of its entries' hashes: so a range of hashes is a range of buckets,
/// whatever the number of buckets.
///
/// # Invariants
/// The array is there for the length of `'g`, and so is its older one if the word says that it is
/// in use.
#[derive(Clone, Copy)]
pub(super) struct Buckets<'g> {
    word: Word,
    array: PhantomData<&'g Header>,
}

impl<'g> Buckets<'g> {
    /// # Safety
    /// The array must be there for the length of `'g`, and so must its older one if the word says
    /// that it is in use.
    #[inline]
    pub unsafe fn new(word: Word) -> Self {
        // INVARIANT: by the function's contract.
        Self {
            word,
            array: PhantomData,
        }
    }

    /// A table's current array.
    ///
    /// # Safety
    /// The caller must hold the lock, or be in a read-side section, for the length of `'g`.
    #[inline]
    pub unsafe fn load(current: &'g AtomicPtr<Header>) -> Self {
        // ACQUIRE: pairs with the release in `Held::publish`: a new array is seen with its buckets
        // empty or better, and with the older one; one without an older one, with all that was
        // copied.
        let word = current.load(Ordering::Acquire);
        // SAFETY: a table's current array is a word's.
        let word = unsafe { Word::from_ptr(word) };
        // SAFETY: an array is freed only after another became current, which no longer has it for
        // its older one, and all those are through who may have found it.
        unsafe { Self::new(word) }
    }

    #[inline]
    pub fn word(self) -> Word {
        self.word
    }

    #[inline]
    pub fn count(self) -> usize {
        1 << (u64::BITS - self.word.shift())
    }

    #[inline]
    pub fn parity(self) -> Parity {
        self.word.parity()
    }

    /// The array that this one takes over from, until all chains are copied.
    #[inline]
    pub fn older(self) -> Option<Self> {
        let older = self.word.older_in_use().then(|| self.header().older)?;
        // SAFETY: by the type's invariant. It has no older one: resizes take turns.
        Some(unsafe { Self::new(older?) })
    }

    #[inline]
    fn header(self) -> &'g Header {
        // SAFETY: the array is there, by the type's invariant.
        unsafe { self.word.header().as_ref() }
    }

    #[inline]
    fn heads(self) -> NonNull<Link> {
        // SAFETY: the heads follow the header.
        unsafe { self.word.header().add(1) }.cast()
    }

    #[inline]
    fn index(self, hash: u64) -> usize {
        (hash >> self.word.shift()) as usize
    }

    #[inline]
    pub fn chain(self, hash: u64) -> Chain<'g> {
        // SAFETY: there are as many buckets as a hash has values when shifted.
        unsafe { self.chain_at(self.index(hash)) }
    }

    /// # Safety
    /// `index` must be less than [`count`](Self::count).
    #[inline]
    pub unsafe fn chain_at(self, index: usize) -> Chain<'g> {
        // SAFETY: there are `count` heads.
        let head = unsafe { self.heads().add(index) };
        Chain {
            // SAFETY: the heads are there as long as the array.
            head: unsafe { head.as_ref() },
            parity: self.parity(),
        }
    }

    /// A variable's entry, in this array or the older one.
    #[inline]
    pub fn find(self, key: Key, hash: u64) -> Option<EntryRef<'g>> {
        let found = self.chain(hash).find(key);
        found.or_else(|| self.older()?.find_as_older(key, hash))
    }

    /// The same for an older array. Resizes are rare: what there is to do in one must not be in
    /// the way of what there is to do always.
    #[cold]
    fn find_as_older(self, key: Key, hash: u64) -> Option<EntryRef<'g>> {
        self.chain(hash).find(key)
    }

    /// The chains of a range of hashes that are not empty, with their indices. Only for the lock's
    /// holder.
    #[inline]
    pub fn chains(self, hashes: &RangeInclusive<u64>) -> impl Iterator<Item = (usize, Chain<'g>)> {
        let (first, last) = (self.index(*hashes.start()), self.index(*hashes.end()));
        // SAFETY: the index of a hash is less than `count`.
        let head = unsafe { self.heads().add(first) }.as_ptr();
        // SAFETY: the links from the first to the last are there as long as the array.
        let heads = unsafe { from_raw_parts(head, last - first + 1) };
        let pieces = (first..).step_by(MASK_BITS).zip(heads.chunks(MASK_BITS));
        let indices = pieces.flat_map(|(first, heads)| in_use(heads).map(move |at| first + at));
        // SAFETY: these are indices between the first and the last.
        indices.map(move |index| (index, unsafe { self.chain_at(index) }))
    }

    /// The hashes of `count` buckets, from that of `hash` on. The buckets are those of the array
    /// with fewer, this or the older one, and so whole ones of the other.
    #[inline]
    pub fn hashes(self, hash: u64, count: usize) -> RangeInclusive<u64> {
        let other = self.older().unwrap_or(self);
        let shift = self.word.shift().max(other.word.shift());
        let (first, rest) = (hash >> shift, u64::MAX >> (u64::BITS - shift));
        let last = (first + count as u64 - 1).min(u64::MAX >> shift);
        first << shift..=last << shift | rest
    }

    /// How many of the older array's chains are in this one. Only for the lock's holder.
    #[inline]
    pub fn copied(self) -> usize {
        self.header().copied.load(Ordering::Relaxed)
    }

    /// Says how many of the older array's chains are in this one. Only for the lock's holder.
    pub fn set_copied(self, count: usize) {
        self.header().copied.store(count, Ordering::Relaxed);
    }
}
