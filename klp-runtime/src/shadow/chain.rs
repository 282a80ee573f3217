// SPDX-License-Identifier: GPL-2.0-only
//! Chains: what hangs on a bucket. Readers walk them while the lock's holder changes them.

use super::entry::{Entry, EntryRef};
use super::key::Key;
use crate::sync::{AtomicPtr, Ordering};
use core::iter::from_fn;
use core::ptr::{NonNull, null_mut};

/// Which of an entry's two links a bucket array uses. The next array uses the other.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Parity {
    Even,
    Odd,
}

impl Parity {
    #[inline]
    pub fn other(self) -> Self {
        match self {
            Self::Even => Self::Odd,
            Self::Odd => Self::Even,
        }
    }
}

/// The way to a chain's first or next entry.
///
/// # Invariants
/// Holds null, or an entry that stays there as long as the lock is held or the read-side section
/// lasts under which the link was reached. (Entries taken out of a chain keep their own links, so
/// who stands on one finds his way on.)
pub(super) struct Link(AtomicPtr<Entry>);

impl Link {
    #[inline]
    pub fn null() -> Self {
        // INVARIANT: null.
        Self(AtomicPtr::new(null_mut()))
    }

    /// `'g` must not be longer than what the link was reached under.
    #[inline]
    fn follow<'g>(&'g self) -> Option<EntryRef<'g>> {
        // ACQUIRE: pairs with the release in `Link::lead_to`: the entry is seen as it was when it
        // was put into the chain, its data constructed.
        let entry = NonNull::new(self.0.load(Ordering::Acquire))?;
        // SAFETY: by the type's invariant.
        Some(unsafe { EntryRef::new(entry) })
    }

    #[inline]
    fn lead_to(&self, entry: *mut Entry) {
        // RELEASE: pairs with the acquire in `Link::follow`.
        self.0.store(entry, Ordering::Release);
    }

    /// For the lock's holder only.
    #[inline]
    pub fn is_null(&self) -> bool {
        self.target().is_null()
    }

    #[inline]
    fn target(&self) -> *mut Entry {
        // Relaxed: only the lock's holder asks, and compares or copies what it gets.
        self.0.load(Ordering::Relaxed)
    }
}

/// A chain, reached under the lock or in a read-side section that lasts for `'g`.
#[derive(Clone, Copy)]
pub(super) struct Chain<'g> {
    pub head: &'g Link,
    pub parity: Parity,
}

impl<'g> Chain<'g> {
    #[inline]
    pub fn iter(self) -> impl Iterator<Item = EntryRef<'g>> {
        let mut link = self.head;
        from_fn(move || {
            let entry = link.follow()?;
            link = self.after(entry);
            Some(entry)
        })
    }

    #[inline]
    pub fn find(self, key: Key) -> Option<EntryRef<'g>> {
        // Most are the first of their chain, and found before the parity matters.
        let first = self.head.follow()?;
        if first.key == key {
            return Some(first);
        }
        let head = self.after(first);
        Self { head, ..self }.iter().find(|entry| entry.key == key)
    }

    #[inline]
    fn after(self, entry: EntryRef<'g>) -> &'g Link {
        // SAFETY: the entry is there for the length of `'g`, by the invariant of `EntryRef`.
        let entry = unsafe { &*entry.as_ptr() };
        entry.next(self.parity)
    }

    /// Puts an entry in front.
    ///
    /// # Safety
    /// The caller must hold the lock, the entry be in no chain of this parity, and no reader be on
    /// his way through one that it was in.
    #[inline]
    pub unsafe fn push(self, entry: EntryRef<'_>) {
        // Nobody can come by this link until the head leads to the entry.
        entry.next(self.parity).lead_to(self.head.target());
        self.head.lead_to(entry.as_ptr());
    }

    /// Takes out the entry of that key, if there is one.
    ///
    /// # Safety
    /// The caller must hold the lock.
    #[inline]
    pub unsafe fn take(self, key: Key) -> Option<EntryRef<'g>> {
        let mut link = self.head;
        loop {
            let entry = link.follow()?;
            let next = self.after(entry);
            if entry.key == key {
                link.lead_to(next.target());
                return Some(entry);
            }
            link = next;
        }
    }

    /// Takes out the entries that `wanted` picks and hands them to `taken`, which may free them.
    ///
    /// # Safety
    /// The caller must hold the lock, and `taken` must free entries by way of a grace period.
    #[inline]
    pub unsafe fn extract(self, wanted: impl Fn(Key) -> bool, mut taken: impl FnMut(EntryRef<'g>)) {
        let mut link = self.head;
        while let Some(entry) = link.follow() {
            let next = self.after(entry);
            if wanted(entry.key) {
                link.lead_to(next.target());
                taken(entry);
            } else {
                link = next;
            }
        }
    }
}
