// SPDX-License-Identifier: GPL-2.0-only
//! Helping tasks along that hold a transition up.

use crate::kernel::{sighand_struct, task_struct};
use crate::task::Task;
use core::ffi::{c_int, c_uint, c_ulong, c_void};
use klp_kernel::prelude::*;
use klp_runtime::Nudge;

#[kernel(object = "vmlinux")]
unsafe extern "C" {
    /// `kernel/sched/core.c`: interrupts the CPU that the task runs on.
    fn kick_process(tsk: *mut task_struct);
    /// `kernel/sched/core.c`: wakes the task if it sleeps in one of these states.
    fn wake_up_state(p: *mut task_struct, state: c_uint) -> c_int;
    /// `kernel/sched/core.c`.
    fn wake_up_if_idle(cpu: c_int);
    /// `kernel/signal.c`: as if a signal had come; there is none, so nothing is delivered.
    fn signal_wake_up_state(t: *mut task_struct, state: c_uint);
    /// `kernel/locking/spinlock.c`.
    #[kernel(unchecked = "a lock within a structure")]
    fn _raw_spin_lock_irqsave(lock: *mut c_void) -> c_ulong;
    /// `kernel/locking/spinlock.c`.
    #[kernel(unchecked = "a lock within a structure")]
    fn _raw_spin_unlock_irqrestore(lock: *mut c_void, flags: c_ulong);
}

/// `TASK_INTERRUPTIBLE` (`include/linux/sched.h`).
const INTERRUPTIBLE: c_uint = 1;

/// Helps a task along.
pub fn nudge(task: Task, nudge: Nudge) {
    match (nudge, task.idle_on()) {
        // SAFETY: the CPU is one that there is.
        (Nudge::WakeIdle, Some(cpu)) => unsafe { wake_up_if_idle(cpu) },
        (Nudge::WakeIdle, None) => {}
        // SAFETY: the task is valid.
        (Nudge::Kick, _) => unsafe { kick_process(task.as_ptr()) },
        // SAFETY: the task is valid.
        (Nudge::Wake, _) => _ = unsafe { wake_up_state(task.as_ptr(), INTERRUPTIBLE) },
        (Nudge::Signal, _) => signal(task),
    }
}

/// Makes the task leave the kernel as for a signal. It finds none, and a system call that can be
/// restarted is.
fn signal(task: Task) {
    // SAFETY: the list of tasks is locked: who goes gives this up under the lock.
    let handlers = unsafe { task_struct::sighand(task.as_ptr()).read_volatile() };
    if handlers.is_null() {
        return;
    }
    let lock = sighand_struct::siglock(handlers).cast();
    // SAFETY: valid, as above; the lock is given back below.
    let flags = unsafe { _raw_spin_lock_irqsave(lock) };
    // SAFETY: the lock is held that this asks for.
    unsafe { signal_wake_up_state(task.as_ptr(), 0) };
    // SAFETY: taken above.
    unsafe { _raw_spin_unlock_irqrestore(lock, flags) };
}
