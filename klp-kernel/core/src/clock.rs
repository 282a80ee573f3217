// SPDX-License-Identifier: GPL-2.0-only
//! Time, and waiting for what runs now.

use core::ffi::c_int;
use klp_kernel::prelude::*;

use crate::kernel::work_struct;

#[kernel(object = "vmlinux")]
unsafe extern "C" {
    /// `kernel/time/timekeeping.c`: nanoseconds since the boot.
    safe fn ktime_get() -> i64;
    /// `kernel/workqueue.c`.
    fn schedule_on_each_cpu(work: Option<unsafe extern "C" fn(*mut work_struct)>) -> c_int;
    /// `kernel/rcu/tasks.h`: the same guarantee, slower, and without memory.
    fn synchronize_rcu_tasks_rude();
    /// `kernel/rcu/tasks.h`: waits until each task has given up its CPU by itself, or was in user
    /// space.
    fn synchronize_rcu_tasks();
}

/// Nanoseconds since the boot.
pub fn now() -> u64 {
    ktime_get().cast_unsigned()
}

/// Waits until each CPU has run something else than now: whatever runs without preemption is over
/// then, be it where RCU does not look (`klp_synchronize_transition`).
pub fn synchronize() {
    // SAFETY: the work does nothing, and its code stays: this waits for it.
    let done = unsafe { schedule_on_each_cpu(Some(nothing)) };
    if done != 0 {
        // No memory for the works: wait for the same one CPU after the other's grace.
        // SAFETY: may be called from where sleeping is allowed, which the engine promises.
        unsafe { synchronize_rcu_tasks_rude() };
    }
}

/// Waits until each task, idle ones and interrupts included, has been somewhere else than now: none
/// is left that was preempted on its way through a few instructions. Sleeps.
pub fn wait_for_tasks() {
    synchronize();
    // SAFETY: the caller may sleep.
    unsafe { synchronize_rcu_tasks() };
}

unsafe extern "C" fn nothing(_work: *mut work_struct) {}
