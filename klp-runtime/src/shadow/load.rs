// SPDX-License-Identifier: GPL-2.0-only
//! How full the table is, and how large it should be.

use super::Platform;
use super::held::Held;
use crate::sync::{AtomicBool, AtomicUsize, Ordering::Relaxed};

/// How many variables there are, whether a resize is under way, and when to ask for one.
///
/// The lock guards all of it, hence the orderings: the fields are atomic for the compiler's sake.
pub(super) struct Load {
    smallest: usize,
    entries: AtomicUsize,
    resizing: AtomicBool,
    /// With fewer or more entries than that, a resize is asked for. Once: that moves the marks
    /// out of reach, and the resize moves them back.
    low: AtomicUsize,
    high: AtomicUsize,
}

impl Load {
    /// That of an empty table with the smallest number of buckets.
    pub fn new(smallest: usize) -> Self {
        Self {
            smallest,
            entries: AtomicUsize::new(0),
            resizing: AtomicBool::new(false),
            low: AtomicUsize::new(0),
            high: AtomicUsize::new(most(smallest)),
        }
    }

    /// How many entries there are.
    #[inline]
    pub fn entries<P: Platform>(&self, _held: &Held<'_, P>) -> usize {
        self.entries.load(Relaxed)
    }

    /// Counts one entry more. Says whether to ask for a resize.
    #[inline]
    pub fn add<P: Platform>(&self, held: &Held<'_, P>) -> bool {
        let entries = self.entries(held) + 1;
        self.entries.store(entries, Relaxed);
        entries > self.high.load(Relaxed) && self.ask()
    }

    /// Counts one entry less. Says whether to ask for a resize.
    #[inline]
    pub fn remove<P: Platform>(&self, held: &Held<'_, P>) -> bool {
        let entries = self.entries(held) - 1;
        self.entries.store(entries, Relaxed);
        entries < self.low.load(Relaxed) && self.ask()
    }

    #[cold]
    fn ask(&self) -> bool {
        self.set_marks(0, usize::MAX);
        true
    }

    /// Begins a resize, to the number of buckets that is returned, unless one is under way or
    /// `buckets` is as good.
    pub fn begin_resize<P: Platform>(&self, _held: &Held<'_, P>, buckets: usize) -> Option<usize> {
        if self.resizing.load(Relaxed) {
            return None;
        }
        let (low, high) = (self.fewest(buckets), most(buckets));
        let entries = self.entries.load(Relaxed);
        if (low..=high).contains(&entries) {
            self.set_marks(low, high);
            return None;
        }
        self.set_marks(0, usize::MAX);
        self.resizing.store(true, Relaxed);
        // Does not overflow: an entry is larger than four bytes.
        Some(self.smallest.max(entries.next_power_of_two() * 2))
    }

    /// Ends a resize.
    pub fn end_resize<P: Platform>(&self, _held: &Held<'_, P>) {
        self.resizing.store(false, Relaxed);
    }

    /// Ends a resize for which there was no memory. The next one is asked for when there are
    /// twice or a quarter as many entries.
    pub fn postpone<P: Platform>(&self, held: &Held<'_, P>) {
        self.end_resize(held);
        let entries = self.entries.load(Relaxed);
        self.set_marks(entries / 4, entries * 2);
    }

    fn set_marks(&self, low: usize, high: usize) {
        self.low.store(low, Relaxed);
        self.high.store(high, Relaxed);
    }

    /// The least entries that are worth so many buckets.
    fn fewest(&self, buckets: usize) -> usize {
        match buckets > self.smallest {
            true => buckets / 16,
            false => 0,
        }
    }
}

/// The most entries for so many buckets: three for four. So most variables that are found are the
/// first of their chain, while there are not many empty buckets for `free_all` to look into.
fn most(buckets: usize) -> usize {
    buckets * 3 / 4
}
