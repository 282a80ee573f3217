// SPDX-License-Identifier: GPL-2.0-only
//! Kernel threads that sleep until there is something to do.

use crate::clock;
use crate::current::current;
use crate::kernel::task_struct;
use core::ffi::{c_char, c_int, c_uint, c_void};
use core::ptr::{NonNull, null_mut};
use core::sync::atomic::{AtomicPtr, AtomicU32, Ordering};
use klp_kernel::prelude::*;

#[kernel(object = "vmlinux")]
unsafe extern "C" {
    /// `kernel/kthread.c`.
    fn kthread_create_on_node(
        threadfn: Option<unsafe extern "C" fn(*mut c_void) -> c_int>,
        data: *mut c_void,
        node: c_int,
        namefmt: *const c_char,
        ...
    ) -> *mut task_struct;
    /// `kernel/kthread.c`.
    fn kthread_stop(k: *mut task_struct) -> c_int;
    /// `kernel/kthread.c`.
    safe fn kthread_should_stop() -> bool;
    /// `kernel/sched/core.c`.
    fn wake_up_process(p: *mut task_struct) -> c_int;
    /// `kernel/time/hrtimer.c`: sleeps in the state that the task is in; null for no limit.
    fn schedule_hrtimeout_range(expires: *mut i64, delta: u64, mode: c_uint) -> c_int;
}

/// `TASK_RUNNING` (`include/linux/sched.h`).
const RUNNING: c_uint = 0;
/// `TASK_IDLE`: asleep, not to be interrupted, and no load (`include/linux/sched.h`).
const IDLE: c_uint = 0x402;
/// How many nanoseconds a sleep may be longer, so that timers can go together.
const SLACK: u64 = 50_000;
/// No CPU in particular (`NUMA_NO_NODE`).
const ANYWHERE: c_int = -1;
/// `HRTIMER_MODE_REL` (`include/linux/hrtimer.h`).
const HRTIMER_MODE_REL: c_uint = 1;

/// Nothing to do until somebody [wakes](Thread::wake) the thread.
pub const NEVER: u64 = u64::MAX;

/// A thread, be it started or not.
pub struct Thread {
    name: &'static CStr,
    work: fn(),
    due: fn() -> u64,
    task: AtomicPtr<task_struct>,
}

impl Thread {
    /// A thread that does `work` when that is `due`: at that time of the [clock](clock::now),
    /// which `work` puts off. The name has no format in it.
    pub const fn new(name: &'static CStr, work: fn(), due: fn() -> u64) -> Self {
        Self {
            name,
            work,
            due,
            task: AtomicPtr::new(null_mut()),
        }
    }

    /// Starts it.
    pub fn start(&'static self) -> Result<Started> {
        let data = (&raw const *self).cast_mut().cast();
        // SAFETY: the thread's code and `self` stay until it is stopped.
        let task = unsafe { kthread_create_on_node(Some(run), data, ANYWHERE, self.name.as_ptr()) };
        // What is no task is an errno in a pointer (`include/linux/err.h`).
        let code = task.addr().cast_signed();
        if (-4095..0).contains(&code) {
            Errno::check(code as c_int)?;
        }
        let task = NonNull::new(task).ok_or(Errno::ENOMEM)?;
        self.task.store(task.as_ptr(), Ordering::Release);
        self.wake();
        Ok(Started { thread: self, task })
    }

    /// Has it look whether its work is due. May be called from anywhere.
    pub fn wake(&self) {
        let task = self.task.load(Ordering::Acquire);
        if !task.is_null() {
            // A full barrier: the thread sees what there is to do, or this sees it asleep.
            // SAFETY: it is there until it is stopped, and nobody calls this then.
            unsafe { wake_up_process(task) };
        }
    }

    /// Sleeps until the work is due.
    fn sleep(&self) {
        // A full barrier: what is asked for after this wakes the thread (`set_current_state`).
        state().swap(IDLE, Ordering::SeqCst);
        let (due, now) = ((self.due)(), clock::now());
        if due > now && !kthread_should_stop() {
            let mut left = (due - now).cast_signed();
            let limit = if due == NEVER {
                null_mut()
            } else {
                &raw mut left
            };
            // SAFETY: the time is read before this returns.
            unsafe { schedule_hrtimeout_range(limit, SLACK, HRTIMER_MODE_REL) };
        }
        state().store(RUNNING, Ordering::Relaxed);
    }
}

/// A thread that was started, and is stopped when this is dropped.
pub struct Started {
    thread: &'static Thread,
    task: NonNull<task_struct>,
}

impl Drop for Started {
    fn drop(&mut self) {
        self.thread.task.store(null_mut(), Ordering::Relaxed);
        // SAFETY: it is there until it is stopped.
        unsafe { kthread_stop(self.task.as_ptr()) };
    }
}

/// The thread.
unsafe extern "C" fn run(thread: *mut c_void) -> c_int {
    // SAFETY: `start` hands it over.
    let thread = unsafe { &*thread.cast::<Thread>() };
    while !kthread_should_stop() {
        if (thread.due)() <= clock::now() {
            (thread.work)();
        }
        thread.sleep();
    }
    0
}

/// Lets others run for whom it is time. Sleeps.
pub fn let_others_run() {
    // Without a limit, and in the state of those who run, nothing is slept.
    // SAFETY: the caller may sleep.
    unsafe { schedule_hrtimeout_range(null_mut(), SLACK, HRTIMER_MODE_REL) };
}

fn state<'a>() -> &'a AtomicU32 {
    // SAFETY: the running task is there; its state is read and written in one piece.
    unsafe { AtomicU32::from_ptr(task_struct::__state(current())) }
}
