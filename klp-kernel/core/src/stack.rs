// SPDX-License-Identifier: GPL-2.0-only
//! What is on a task's stack.

use crate::current::current;
use crate::kernel::task_struct;
use crate::task::Task;
use core::cell::UnsafeCell;
use core::ffi::{c_int, c_uint, c_ulong, c_void};
use klp_kernel::prelude::*;
use klp_runtime::Stack;

#[kernel(object = "vmlinux")]
unsafe extern "C" {
    /// `kernel/sched/core.c`: calls `func` while the task neither starts nor stops running.
    fn task_call_func(
        p: *mut task_struct,
        func: Option<unsafe extern "C" fn(*mut task_struct, *mut c_void) -> c_int>,
        arg: *mut c_void,
    ) -> c_int;
    /// `kernel/sched/core.c`: whether it is running.
    fn task_curr(p: *const task_struct) -> c_int;
    /// `kernel/stacktrace.c`: how many addresses, or an error.
    fn stack_trace_save_tsk_reliable(
        task: *mut task_struct,
        store: *mut c_ulong,
        size: c_uint,
    ) -> c_int;
}

/// How many addresses a stack can have (`MAX_STACK_ENTRIES` of the kernel's own core).
const MOST: usize = 100;

/// Where addresses are put: too much for a kernel stack.
struct Addresses(UnsafeCell<[usize; MOST]>);

// SAFETY: the lock of the engine is held by who looks at stacks.
unsafe impl Sync for Addresses {}

static ADDRESSES: Addresses = Addresses(UnsafeCell::new([0; MOST]));

/// Who looks at a stack.
struct Look<'a> {
    look: &'a mut dyn FnMut(Stack<'_>),
}

/// Shows a task's stack to `look`. The lock of the engine is held.
pub fn with(task: Task, look: &mut dyn FnMut(Stack<'_>)) {
    let mut look = Look { look };
    let argument = (&raw mut look).cast();
    if task.as_ptr() == current() {
        // SAFETY: the task is valid, and does not run anything else now.
        unsafe { show(task.as_ptr(), argument) };
    } else {
        // SAFETY: the task is valid; the function and its argument are there during the call.
        unsafe { task_call_func(task.as_ptr(), Some(show), argument) };
    }
}

/// # Safety
/// The task must be valid and stay off its CPU, unless it is the current one; `look` must be a
/// `Look`, and the lock of the engine be held.
unsafe extern "C" fn show(task: *mut task_struct, look: *mut c_void) -> c_int {
    // SAFETY: the caller vouches for it.
    let look = unsafe { &mut *look.cast::<Look<'_>>() };
    // SAFETY: the caller vouches for the task.
    let running = task != current() && unsafe { task_curr(task) } != 0;
    if running {
        (look.look)(Stack::Running);
        return 0;
    }
    let store = ADDRESSES.0.get();
    // SAFETY: the task is off its CPU, and the lock of the engine keeps the array ours.
    let saved = unsafe { stack_trace_save_tsk_reliable(task, store.cast(), MOST as c_uint) };
    // SAFETY: as above, until this function returns.
    let addresses = unsafe { &*store };
    let addresses = usize::try_from(saved)
        .ok()
        .and_then(|saved| addresses.get(..saved));
    (look.look)(addresses.map_or(Stack::Unreliable, Stack::Addresses));
    0
}
