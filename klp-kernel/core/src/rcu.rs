// SPDX-License-Identifier: GPL-2.0-only
//! Reading under RCU, as `include/linux/rcupdate.h` and `kernel/rcu/tree_plugin.h` do it.

use crate::current::current;
use crate::kernel::task_struct;
use core::marker::PhantomData;
use core::sync::atomic::Ordering::{Relaxed, SeqCst};
use core::sync::atomic::{AtomicI32, AtomicU32, compiler_fence};
use klp_kernel::prelude::*;

#[kernel(object = "vmlinux")]
unsafe extern "C" {
    /// `kernel/rcu/tree_plugin.h`.
    fn __rcu_read_lock();
    /// `kernel/rcu/tree_plugin.h`.
    fn __rcu_read_unlock();
    /// `kernel/rcu/tree.c`.
    fn synchronize_rcu();
}

/// A read-side critical section of the running task.
///
/// Written out here, because the two calls would take longer than finding a shadow variable does.
pub struct Reading(PhantomData<*mut task_struct>);

impl Reading {
    /// Begins to read (`rcu_read_lock`). May be called anywhere, NMI included.
    #[inline]
    pub fn begin() -> Self {
        let nesting = nesting();
        nesting.store(nesting.load(Relaxed).wrapping_add(1), Relaxed);
        // What is read is read in the section: on this CPU, which has one order for itself.
        compiler_fence(SeqCst);
        #[cfg(linux_checks = "locks")]
        crate::lockdep::begin_reading();
        Self(PhantomData)
    }
}

impl Drop for Reading {
    #[inline]
    fn drop(&mut self) {
        #[cfg(linux_checks = "locks")]
        crate::lockdep::end_reading();
        compiler_fence(SeqCst);
        let nesting = nesting();
        let left = nesting.load(Relaxed).wrapping_sub(1);
        nesting.store(left, Relaxed);
        compiler_fence(SeqCst);
        if left == 0 && is_special() {
            tell();
        }
    }
}

/// How many sections the running task is in. Whoever else changes it between a read and a write,
/// in an interrupt, has put it back by then.
#[inline]
fn nesting<'a>() -> &'a AtomicI32 {
    // SAFETY: the running task is there, and nobody else writes this.
    unsafe { AtomicI32::from_ptr(task_struct::rcu_read_lock_nesting(current())) }
}

/// Whether RCU wants to be told that the running task has left its sections.
#[inline]
fn is_special() -> bool {
    let special = task_struct::rcu_read_unlock_special(current());
    // SAFETY: the running task is there; RCU reads all of its flags in one piece as well.
    unsafe { AtomicU32::from_ptr(special.cast()) }.load(Relaxed) != 0
}

/// Tells RCU that the task has left its sections: what leaving the last one does, of one more.
#[cold]
fn tell() {
    // SAFETY: may be called anywhere; one for the other.
    unsafe {
        __rcu_read_lock();
        __rcu_read_unlock();
    }
}

/// Waits until all are through that read now. Sleeps.
pub fn wait_for_readers() {
    // SAFETY: the caller may sleep.
    unsafe { synchronize_rcu() };
}
