// SPDX-License-Identifier: GPL-2.0-only
//! What the table needs of the kernel around it.

use crate::Errno;
use core::alloc::Layout;
use core::ffi::c_void;
use core::ptr::NonNull;

/// The kernel as the table of shadow variables sees it.
///
/// Each method says what it will be on Linux. Methods without a note of their own may be called
/// in any context but NMI, and must not use the table.
///
/// # Safety
/// The table's memory safety rests on these promises:
/// - while a value of [`Locked`](Self::Locked) lives, there is no other one, and what was done
///   under the previous one happened before;
/// - memory given to [`free_later`](Self::free_later) stays as it is, but for its first 16 bytes,
///   as long as any value of [`Reading`](Self::Reading) lives that was there at the call;
/// - [`wait_for_readers`](Self::wait_for_readers) returns after all those values are gone that
///   were there at the call;
/// - what was done before either of these two calls is seen under every value of `Reading` that
///   is made after it (the grace-period guarantee of RCU).
pub unsafe trait Platform {
    /// How many buckets the table has at least, and at first: a power of two, 2 or more.
    ///
    /// The default is the fixed number of the kernel's own table (`klp_shadow_hash` in
    /// `kernel/livepatch/shadow.c`): so chains are never longer than there, not even if the table
    /// cannot grow.
    const SMALLEST: usize = 4096;

    /// How many buckets and variables are worked on, roughly, before the lock is let go.
    const BATCH: usize = 512;

    /// How memory may be got (`gfp_t`).
    type Flags: Copy;

    /// A read-side critical section.
    type Reading<'p>
    where
        Self: 'p;

    /// The lock, held.
    type Locked<'p>
    where
        Self: 'p;

    /// Begins to read (`rcu_read_lock`). Sections may nest, and be in NMI.
    fn read(&self) -> Self::Reading<'_>;

    /// Takes the lock (`spin_lock_irqsave`).
    fn lock(&self) -> Self::Locked<'_>;

    /// Zeroed memory for a variable, if there is any (`kzalloc`).
    ///
    /// The layout asks for an alignment of 16, which `kmalloc` gives for any size that is a
    /// multiple of 16, though with slab debugging only for powers of two.
    fn allocate(&self, layout: Layout, flags: Self::Flags) -> Option<NonNull<u8>>;

    /// Frees a variable's memory at once (`kfree`).
    ///
    /// # Safety
    /// The memory must be [`allocate`](Self::allocate)'s, and used by nobody any more.
    unsafe fn free(&self, memory: NonNull<u8>);

    /// Frees a variable's memory when those who read now are through (`kfree_rcu`). Called with
    /// the lock held.
    ///
    /// The memory's first 16 bytes are the platform's own from now on: room for an `rcu_head`.
    ///
    /// # Safety
    /// The memory must be [`allocate`](Self::allocate)'s, and out of reach of those who begin to
    /// read from now on.
    unsafe fn free_later(&self, memory: NonNull<u8>);

    /// Memory for an array of buckets, which may be large, if there is any (`kvmalloc` with
    /// `GFP_KERNEL | __GFP_NOWARN`). Called from [`Table::new`](super::Table::new) and
    /// [`Table::resize`](super::Table::resize) only, so may sleep.
    ///
    /// The layout asks for an alignment of 256. What `kvmalloc` gives begins with a page if it is
    /// more than two pages, which the default of [`SMALLEST`](Self::SMALLEST) buckets are.
    fn allocate_buckets(&self, layout: Layout) -> Option<NonNull<u8>>;

    /// Frees an array of buckets at once (`kvfree`). May sleep, as `allocate_buckets`.
    ///
    /// # Safety
    /// The memory must be [`allocate_buckets`](Self::allocate_buckets)'s, and used by nobody any
    /// more.
    unsafe fn free_buckets(&self, memory: NonNull<u8>);

    /// Waits until those who read now are through (`synchronize_rcu`). Called from
    /// [`Table::resize`](super::Table::resize) only, so may sleep.
    fn wait_for_readers(&self);

    /// Has [`Table::resize`](super::Table::resize) called soon, from where it may sleep
    /// (`queue_work`). Called with the lock held.
    fn request_resize(&self);

    /// Reports that a variable was to be allocated which was there already (`WARN`).
    fn warn_duplicate(&self, object: *mut c_void, id: u64);

    /// Reports that a variable's constructor failed (`pr_err`).
    fn report_failure(&self, object: *mut c_void, id: u64, error: Errno);
}
