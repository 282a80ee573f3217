// SPDX-License-Identifier: GPL-2.0-only
//! A bucket array as one word, and in memory.

use super::Platform;
use super::chain::{Link, Parity};
use crate::sync::AtomicUsize;
use core::alloc::Layout;
use core::ptr::NonNull;

/// What stands before an array's heads. It is aligned so that an address has room for the rest of
/// a [`Word`].
#[repr(align(256))]
pub(super) struct Header {
    /// The array that this one takes over from. It is there as long as [`Word::older_in_use`].
    pub older: Option<Word>,
    /// How many of the older array's chains are copied. For the lock's holder only.
    pub copied: AtomicUsize,
}

/// An array's address and, in the bits that are zero in it, what else it takes to find a chain: so
/// a reader loads one word, and then a chain's head.
///
/// # Invariants
/// The address is that of a `Header` which [`allocate`](Self::allocate) wrote, never null. Until
/// it is freed, `1 << (64 - shift)` links follow it in the same piece of memory.
#[derive(Clone, Copy)]
pub(super) struct Word(NonNull<Header>);

/// By how much hashes are shifted, which is less than 64. (The lowest bits, as x86 and arm64 shift by
/// these and ignore the others.)
const SHIFT: usize = 0x3f;
/// The array's parity.
const ODD: usize = 0x40;
/// Set until all chains of the older array are copied.
const OLDER_IN_USE: usize = 0x80;
/// All the rest.
const ADDRESS: usize = !(align_of::<Header>() - 1);
const _: () = assert!(ADDRESS & (SHIFT | ODD | OLDER_IN_USE) == 0);

impl Word {
    /// `count` empty buckets, a power of two and at least 2, if there is memory. May sleep.
    pub fn allocate<P: Platform>(
        platform: &P,
        count: usize,
        parity: Parity,
        older: Option<Self>,
    ) -> Option<Self> {
        let links = Layout::array::<Link>(count).ok()?;
        let (layout, _) = Layout::new::<Header>().extend(links).ok()?;
        let header = platform.allocate_buckets(layout)?.cast::<Header>();
        // SAFETY: the heads follow the header, as its size is a multiple of their alignment.
        let heads = unsafe { header.add(1) }.cast::<Link>();
        for index in 0..count {
            // SAFETY: the layout has room for `count` links.
            let head = unsafe { heads.add(index) };
            // SAFETY: as above; the memory is nobody else's yet.
            unsafe { head.write(Link::null()) };
        }
        let copied = AtomicUsize::new(0);
        // SAFETY: the layout begins with room for the header; the memory is nobody else's yet.
        unsafe { header.write(Header { older, copied }) };
        let shift = (u64::BITS - count.trailing_zeros()) as usize;
        let odd = if parity == Parity::Odd { ODD } else { 0 };
        let in_use = if older.is_some() { OLDER_IN_USE } else { 0 };
        // INVARIANT: the links were written just now; `count` is 2 or more, hence the shift.
        Some(Self(
            header.map_addr(|address| address | shift | odd | in_use),
        ))
    }

    /// # Safety
    /// The array must have been allocated with the same platform, and be used by nobody any more.
    pub unsafe fn free<P: Platform>(self, platform: &P) {
        // SAFETY: by the function's contract.
        unsafe { platform.free_buckets(self.header().cast()) };
    }

    /// # Safety
    /// `pointer` must be [`as_ptr`](Self::as_ptr)'s.
    #[inline]
    pub unsafe fn from_ptr(pointer: *mut Header) -> Self {
        // INVARIANT: it was a word before.
        // SAFETY: hence it is not null.
        Self(unsafe { NonNull::new_unchecked(pointer) })
    }

    #[inline]
    pub fn as_ptr(self) -> *mut Header {
        self.0.as_ptr()
    }

    /// The same array, when all chains of the older one are copied.
    pub fn without_older(self) -> Self {
        let pointer = self.as_ptr().map_addr(|word| word & !OLDER_IN_USE);
        // INVARIANT: address and shift are as they were.
        // SAFETY: hence it is not null.
        Self(unsafe { NonNull::new_unchecked(pointer) })
    }

    #[inline]
    pub fn header(self) -> NonNull<Header> {
        let pointer = self.as_ptr().map_addr(|word| word & ADDRESS);
        // SAFETY: a header's address is not null.
        unsafe { NonNull::new_unchecked(pointer) }
    }

    #[inline]
    pub fn shift(self) -> u32 {
        (self.as_ptr().addr() & SHIFT) as u32
    }

    #[inline]
    pub fn parity(self) -> Parity {
        match self.has(ODD) {
            true => Parity::Odd,
            false => Parity::Even,
        }
    }

    #[inline]
    pub fn older_in_use(self) -> bool {
        self.has(OLDER_IN_USE)
    }

    #[inline]
    fn has(self, bit: usize) -> bool {
        self.as_ptr().addr() & bit != 0
    }
}
