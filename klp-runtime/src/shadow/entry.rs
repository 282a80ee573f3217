// SPDX-License-Identifier: GPL-2.0-only
//! A variable in memory.

use super::Platform;
use super::chain::{Link, Parity};
use super::key::Key;
use core::alloc::Layout;
use core::ffi::c_void;
use core::marker::PhantomData;
use core::mem::{ManuallyDrop, MaybeUninit};
use core::ops::Deref;
use core::ptr::NonNull;

/// What stands before a variable's data.
///
/// It has as many bytes as in the kernel's own table, 48, and with that the data are aligned to 16.
#[repr(C, align(16))]
pub(super) struct Entry {
    /// Where the platform keeps what it needs to free the memory later.
    platform: MaybeUninit<[usize; 2]>,
    pub key: Key,
    /// One link for the chain in each of the bucket arrays that may be in use at the same time.
    next: [Link; 2],
}

impl Entry {
    #[inline]
    pub fn next(&self, parity: Parity) -> &Link {
        let [even, odd] = &self.next;
        match parity {
            Parity::Even => even,
            Parity::Odd => odd,
        }
    }
}

/// A variable that is reachable, or was when it was found.
///
/// # Invariants
/// Points to an `Entry` followed by its data, which is there for the length of `'g`.
#[derive(Clone, Copy)]
pub(super) struct EntryRef<'g> {
    entry: NonNull<Entry>,
    guard: PhantomData<&'g Entry>,
}

impl EntryRef<'_> {
    /// # Safety
    /// `entry` must be one that [`Spare::publish`] made, and be there for the length of the
    /// lifetime.
    #[inline]
    pub unsafe fn new(entry: NonNull<Entry>) -> Self {
        // INVARIANT: by the function's contract.
        Self {
            entry,
            guard: PhantomData,
        }
    }

    #[inline]
    pub fn as_ptr(self) -> *mut Entry {
        self.entry.as_ptr()
    }

    #[inline]
    pub fn data(self) -> NonNull<c_void> {
        // SAFETY: the data follow the entry, by the type's invariant.
        unsafe { self.entry.add(1) }.cast()
    }

    /// The memory as the platform knows it.
    #[inline]
    pub fn memory(self) -> NonNull<u8> {
        self.entry.cast()
    }
}

impl Deref for EntryRef<'_> {
    type Target = Entry;

    #[inline]
    fn deref(&self) -> &Entry {
        // SAFETY: the entry is there, by the type's invariant. What others write while it is
        // reachable is atomic.
        unsafe { self.entry.as_ref() }
    }
}

/// A variable that nobody can reach yet. Its memory is freed unless it gets published.
///
/// # Invariants
/// Owns memory of the platform's that holds an `Entry` followed by its data.
pub(super) struct Spare<'p, P: Platform> {
    platform: &'p P,
    entry: NonNull<Entry>,
}

impl<'p, P: Platform> Spare<'p, P> {
    /// A variable with `size` bytes of data, all zero, if there is memory.
    #[inline]
    pub fn new(platform: &'p P, key: Key, size: usize, flags: P::Flags) -> Option<Self> {
        let size = size_of::<Entry>().checked_add(size)?;
        let layout = Layout::from_size_align(size, align_of::<Entry>()).ok()?;
        let entry = platform.allocate(layout, flags)?.cast::<Entry>();
        let header = Entry {
            platform: MaybeUninit::uninit(),
            key,
            next: [Link::null(), Link::null()],
        };
        // SAFETY: the memory is large enough and aligned, by the layout, and nobody else's.
        unsafe { entry.write(header) };
        // INVARIANT: the entry was written just now; the platform zeroed the data.
        Some(Self { platform, entry })
    }

    /// The data, for the constructor.
    #[inline]
    pub fn data(&self) -> NonNull<c_void> {
        // SAFETY: the data follow the entry, by the type's invariant.
        unsafe { self.entry.add(1) }.cast()
    }

    /// Hands the memory over to the table.
    #[inline]
    pub fn publish(self) -> EntryRef<'p> {
        let this = ManuallyDrop::new(self);
        // SAFETY: it is published here, and only the table, which has the lock, can free it.
        unsafe { EntryRef::new(this.entry) }
    }
}

impl<P: Platform> Drop for Spare<'_, P> {
    fn drop(&mut self) {
        // SAFETY: the memory is the platform's and was never reachable, by the type's invariant.
        unsafe { self.platform.free(self.entry.cast()) };
    }
}
