// SPDX-License-Identifier: GPL-2.0-only
//! Memory that nobody can find any more, but that somebody may still read.

use crate::thread::let_others_run;
use crate::{memory, rcu};
use core::cell::Cell;
use core::ptr::NonNull;

/// How many pieces are freed before others may run.
const BATCH: usize = 512;

/// What is waiting: the last first, each leading to the one before by its first bytes. Changed
/// under one lock.
pub struct Limbo(Cell<Option<Left>>);

/// A piece of memory that was left.
type Left = NonNull<Before>;

/// The bytes that lead to the piece that was left before.
struct Before(Option<Left>);

impl Limbo {
    /// Nothing.
    pub const fn new() -> Self {
        Self(Cell::new(None))
    }

    /// Takes memory in. Says whether it is the first.
    ///
    /// # Safety
    /// The lock must be held; the memory [`memory::allocate`]'s, aligned to 8 bytes, and out of
    /// reach of those who begin to read from now on. Its first 8 bytes are the list's at once.
    #[inline]
    pub unsafe fn put(&self, memory: NonNull<u8>) -> bool {
        let (left, before) = (memory.cast::<Before>(), self.0.get());
        // SAFETY: the caller vouches for the memory.
        unsafe { left.write(Before(before)) };
        self.0.set(Some(left));
        before.is_none()
    }

    /// Takes all of it out. The lock must be held.
    pub fn take(&self) -> Taken {
        Taken(self.0.take())
    }
}

/// What was taken out, which is freed when this is dropped. That sleeps.
#[must_use]
pub struct Taken(Option<Left>);

impl Drop for Taken {
    fn drop(&mut self) {
        if self.0.is_some() {
            rcu::wait_for_readers();
        }
        let mut count = 0;
        while let Some(left) = self.0 {
            // SAFETY: `put` wrote it, and nobody else has it.
            self.0 = unsafe { left.read() }.0;
            // SAFETY: by the contract of `put`, and all who read then are through.
            unsafe { memory::free(left.cast()) };
            count += 1;
            if count % BATCH == 0 {
                let_others_run();
            }
        }
    }
}
