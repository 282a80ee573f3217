// SPDX-License-Identifier: GPL-2.0-only
//! A kernel thread for what has to be done later: another look at the tasks, burials, a larger
//! table of shadow variables.

use crate::kernel::task_struct;
use crate::{clock, current::current, engine, graveyard, shadow};
use core::ffi::{c_char, c_int, c_uint, c_void};
use core::ptr::{NonNull, null_mut};
use core::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, Ordering};
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

/// The thread, while there is one.
static THREAD: AtomicPtr<task_struct> = AtomicPtr::new(null_mut());
/// When to look at the tasks again, by the [clock](clock::now).
static RETRY: AtomicU64 = AtomicU64::new(NEVER);
const NEVER: u64 = u64::MAX;

/// The thread at work.
pub struct Worker(NonNull<task_struct>);

impl Worker {
    /// Starts the thread.
    pub fn start() -> Result<Self> {
        // SAFETY: the thread's code stays until it is stopped; the name has no format in it.
        let thread =
            unsafe { kthread_create_on_node(Some(work), null_mut(), ANYWHERE, c"klp".as_ptr()) };
        // What is no task is an errno in a pointer (`include/linux/err.h`).
        let code = thread.addr().cast_signed();
        if (-4095..0).contains(&code) {
            Errno::check(code as c_int)?;
        }
        let thread = NonNull::new(thread).ok_or(Errno::ENOMEM)?;
        THREAD.store(thread.as_ptr(), Ordering::Release);
        wake();
        Ok(Self(thread))
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        THREAD.store(null_mut(), Ordering::Relaxed);
        // SAFETY: it is there until it is stopped.
        unsafe { kthread_stop(self.0.as_ptr()) };
    }
}

/// Has the tasks looked at again after so many nanoseconds.
pub fn retry_after(nanoseconds: u64) {
    let at = clock::now().saturating_add(nanoseconds);
    RETRY.store(at, Ordering::Relaxed);
    wake();
}

/// Wakes the thread, because there is something to do.
pub fn wake() {
    let thread = THREAD.load(Ordering::Acquire);
    if !thread.is_null() {
        // A full barrier: the thread sees what there is to do, or this sees it asleep.
        // SAFETY: it is there until the module goes, and nobody calls this then.
        unsafe { wake_up_process(thread) };
    }
}

/// The thread.
unsafe extern "C" fn work(_data: *mut c_void) -> c_int {
    while !kthread_should_stop() {
        if RETRY.load(Ordering::Relaxed) <= clock::now() {
            RETRY.store(NEVER, Ordering::Relaxed);
            retry();
        }
        // First: a burial waits for the lock of the engine, which a callback may hold for long.
        shadow::resize();
        if !graveyard::is_empty() {
            graveyard::bury_all();
        }
        sleep();
    }
    0
}

fn retry() {
    if let Some(engine) = &mut *engine::lock() {
        // It is told of no mistake but its own.
        let _ = engine.retry();
    }
}

/// Sleeps until there is something to do.
fn sleep() {
    // A full barrier: what is asked for after this wakes the thread (`set_current_state`).
    state().swap(IDLE, Ordering::SeqCst);
    let retry = RETRY.load(Ordering::Relaxed);
    let now = clock::now();
    let idle = graveyard::is_empty() && !shadow::is_resize_requested() && !kthread_should_stop();
    if idle && retry > now {
        let mut left = (retry - now).cast_signed();
        let limit = if retry == NEVER {
            null_mut()
        } else {
            &raw mut left
        };
        // SAFETY: the time is read before this returns.
        unsafe { schedule_hrtimeout_range(limit, SLACK, HRTIMER_MODE_REL) };
    }
    state().store(RUNNING, Ordering::Relaxed);
}

/// `HRTIMER_MODE_REL` (`include/linux/hrtimer.h`).
const HRTIMER_MODE_REL: c_uint = 1;

fn state<'a>() -> &'a AtomicU32 {
    // SAFETY: the running task is there; its state is read and written in one piece.
    unsafe { AtomicU32::from_ptr(task_struct::__state(current())) }
}
