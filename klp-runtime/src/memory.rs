// SPDX-License-Identifier: GPL-2.0-only
//! Memory that may run out: the two containers of the engine.
//!
//! Nothing here aborts when there is no memory: whatever allocates says so and changes nothing.

use crate::Error;
use core::alloc::Layout;
use core::mem::{self, ManuallyDrop};
use core::ops::{Deref, DerefMut};
use core::ptr::{self, NonNull};

/// Where memory comes from.
pub trait Memory: Clone {
    /// Memory of this layout, or `None` when there is none. The layout's size is not 0. May sleep.
    fn allocate(&self, layout: Layout) -> Option<NonNull<u8>>;

    /// Gives memory back.
    ///
    /// # Safety
    /// `memory` came from [`allocate`](Self::allocate) with the same layout, and nobody uses it.
    unsafe fn free(&self, memory: NonNull<u8>, layout: Layout);
}

/// A value at an address that stays the same.
///
/// # Invariants
/// `value` is a `T`, in memory that came from `memory` with `T`'s layout.
pub struct Boxed<T, M: Memory> {
    value: NonNull<T>,
    memory: M,
}

impl<T, M: Memory> Boxed<T, M> {
    /// Moves `value` to memory of its own.
    ///
    /// # Errors
    /// [`Error::NoMemory`].
    pub fn new(value: T, memory: M) -> Result<Self, Error> {
        const { assert!(size_of::<T>() > 0, "what has no size needs no memory") };
        let place = memory.allocate(Layout::new::<T>()).ok_or(Error::NoMemory)?;
        let place = place.cast::<T>();
        // SAFETY: the memory is fresh, and of `T`'s layout.
        unsafe { place.write(value) };
        // INVARIANT: just written.
        Ok(Self {
            value: place,
            memory,
        })
    }
}

impl<T, M: Memory> Boxed<T, M> {
    /// Gives the value away, to be taken back by [`from_raw`](Self::from_raw).
    pub fn into_raw(self) -> NonNull<T> {
        let this = ManuallyDrop::new(self);
        let value = this.value;
        // SAFETY: `this` is not dropped, so its memory's handle is moved out once.
        drop(unsafe { ptr::read(&raw const this.memory) });
        value
    }

    /// Takes back what [`into_raw`](Self::into_raw) gave away.
    ///
    /// # Safety
    /// Only once, and with the same memory. Nobody may use the value otherwise from now on.
    pub const unsafe fn from_raw(value: NonNull<T>, memory: M) -> Self {
        // INVARIANT: it was a box of this memory before.
        Self { value, memory }
    }
}

impl<T, M: Memory> Deref for Boxed<T, M> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: by the invariant there is a `T`, and it is ours.
        unsafe { self.value.as_ref() }
    }
}

impl<T, M: Memory> DerefMut for Boxed<T, M> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: as for `deref`; `self` is borrowed alone.
        unsafe { self.value.as_mut() }
    }
}

impl<T, M: Memory> Drop for Boxed<T, M> {
    fn drop(&mut self) {
        // SAFETY: by the invariant there is a `T`, which nobody sees again.
        unsafe { ptr::drop_in_place(self.value.as_ptr()) };
        // SAFETY: by the invariant the memory came from there, with this layout.
        unsafe { self.memory.free(self.value.cast(), Layout::new::<T>()) };
    }
}

/// A growing row of values.
///
/// # Invariants
/// There is room for `capacity` values at `items`, which came from `memory` unless `capacity` is 0;
/// the first `len` of them are values.
pub struct List<T, M: Memory> {
    items: NonNull<T>,
    len: usize,
    capacity: usize,
    memory: M,
}

impl<T, M: Memory> List<T, M> {
    /// A list of nothing, which needs no memory.
    pub const fn new(memory: M) -> Self {
        const { assert!(size_of::<T>() > 0, "a number counts what has no size") };
        // INVARIANT: no room, no values.
        Self {
            items: NonNull::dangling(),
            len: 0,
            capacity: 0,
            memory,
        }
    }

    /// Makes room, so that as many [`push`](Self::push)es cannot fail.
    ///
    /// # Errors
    /// [`Error::NoMemory`].
    pub fn reserve(&mut self, additional: usize) -> Result<(), Error> {
        let needed = self.len.checked_add(additional).ok_or(Error::NoMemory)?;
        if needed <= self.capacity {
            return Ok(());
        }
        let capacity = needed.max(self.capacity.saturating_mul(2));
        let layout = Layout::array::<T>(capacity).map_err(|_| Error::NoMemory)?;
        let items = self.memory.allocate(layout).ok_or(Error::NoMemory)?.cast();
        // SAFETY: the first `len` items are values, and there is room for them in the new memory.
        unsafe { ptr::copy_nonoverlapping(self.items.as_ptr(), items.as_ptr(), self.len) };
        self.free_memory();
        // INVARIANT: the values were moved, and the old memory is gone.
        self.items = items;
        self.capacity = capacity;
        Ok(())
    }

    /// Appends a value.
    ///
    /// # Errors
    /// [`Error::NoMemory`]; the value is dropped then.
    pub fn push(&mut self, item: T) -> Result<(), Error> {
        self.reserve(1)?;
        // SAFETY: there is room for one more behind the values.
        let end = unsafe { self.items.add(self.len) };
        // SAFETY: as above, and no value is there.
        unsafe { end.write(item) };
        self.len += 1;
        Ok(())
    }

    /// Takes the last value off.
    pub fn pop(&mut self) -> Option<T> {
        self.remove(self.len.checked_sub(1)?)
    }

    /// Takes a value out; those behind it move up. `None` if there are not as many.
    pub fn remove(&mut self, index: usize) -> Option<T> {
        let place: *mut T = self.get_mut(index)?;
        // SAFETY: a value is there, and nobody sees it again: it is overwritten or cut off.
        let item = unsafe { place.read() };
        let behind = self.len - index - 1;
        // SAFETY: `index` is within the values, so the next place is within or just behind them.
        let next = unsafe { place.add(1) };
        // SAFETY: as many values are behind it.
        unsafe { ptr::copy(next, place, behind) };
        self.len -= 1;
        Some(item)
    }

    /// Drops all values for which `keep` is false.
    pub fn retain(&mut self, mut keep: impl FnMut(&T) -> bool) {
        let mut index = 0;
        while let Some(item) = self.get(index) {
            if keep(item) {
                index += 1;
            } else {
                drop(self.remove(index));
            }
        }
    }

    /// Drops all values and keeps the room.
    pub fn clear(&mut self) {
        let values: *mut [T] = &mut **self;
        self.len = 0;
        // SAFETY: they were values, and are none any more.
        unsafe { ptr::drop_in_place(values) };
    }

    fn free_memory(&mut self) {
        if let (true, Ok(layout)) = (self.capacity > 0, Layout::array::<T>(self.capacity)) {
            // SAFETY: by the invariant the memory came from there, with this layout.
            unsafe { self.memory.free(self.items.cast(), layout) };
        }
    }
}

impl<T, M: Memory> Deref for List<T, M> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        // SAFETY: by the invariant as many values are there; a dangling pointer will do for none.
        unsafe { core::slice::from_raw_parts(self.items.as_ptr(), self.len) }
    }
}

impl<T, M: Memory> DerefMut for List<T, M> {
    fn deref_mut(&mut self) -> &mut [T] {
        // SAFETY: as for `deref`; `self` is borrowed alone.
        unsafe { core::slice::from_raw_parts_mut(self.items.as_ptr(), self.len) }
    }
}

impl<T, M: Memory> Drop for List<T, M> {
    fn drop(&mut self) {
        if mem::needs_drop::<T>() {
            self.clear();
        }
        self.free_memory();
    }
}

// SAFETY: it owns its value, as a `T` by itself would.
unsafe impl<T: Send, M: Memory + Send> Send for Boxed<T, M> {}
// SAFETY: it owns its values, as an array of them would.
unsafe impl<T: Send, M: Memory + Send> Send for List<T, M> {}
