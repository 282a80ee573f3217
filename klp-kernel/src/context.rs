// SPDX-License-Identifier: GPL-2.0-only
//! Whether the running code may sleep, as a value that only code which may has.

use crate::Object;

/// Proof that the code it is in may sleep: it holds no spinlock, is in no interrupt and in no
/// RCU read-side critical section.
///
/// What sleeps asks for it, such as [`Gfp::kernel`](crate::Gfp::kernel). Constructors of shadow
/// variables run under a spinlock, and cannot have it: they must be `Send`, which neither this
/// nor a reference to it is.
pub struct MaySleep([*mut ConstructorsCannotSleep; 0]);

/// Only there to be named where the compiler says what is not `Send`.
enum ConstructorsCannotSleep {}

impl MaySleep {
    /// Says that the code may sleep.
    ///
    /// # Safety
    /// It must be so wherever the result is used: in a replaced function, all callers of the old
    /// one must allow sleeping, and no lock taken since may forbid it.
    #[inline]
    pub unsafe fn here() -> Self {
        Self([])
    }
}

impl Object {
    /// Callbacks may sleep: the core calls them in a task, under a mutex.
    pub fn may_sleep(&self) -> MaySleep {
        MaySleep([])
    }
}
