// SPDX-License-Identifier: GPL-2.0-only
//! Tasks: all of them, and the two things by which each switches.
//!
//! Both are the kernel's own, so the kernel does the switching at its exits to user space, in the
//! idle loops and at forks (`klp_update_patch_state`, `klp_copy_process`).

use crate::kernel::{cpumask, rwlock_t, signal_struct, task_struct, thread_info};
use core::ffi::{c_int, c_uint};
use core::fmt;
use core::ptr::NonNull;
use core::sync::atomic::{AtomicI32, AtomicU64, Ordering};
use klp_kernel::prelude::*;
use klp_kernel::thread_flag;
use klp_runtime::{PatchState, TaskKind};

#[kernel(object = "vmlinux")]
unsafe extern "C" {
    /// `init/init_task.c`: the head of the list of processes.
    static mut init_task: task_struct;
    /// `kernel/fork.c`.
    static mut tasklist_lock: rwlock_t;
    /// `kernel/cpu.c`.
    static __cpu_possible_mask: cpumask;
    /// `kernel/cpu.c`.
    static __cpu_online_mask: cpumask;
    /// `kernel/locking/spinlock.c`.
    fn _raw_read_lock(lock: *mut rwlock_t);
    /// `kernel/locking/spinlock.c`.
    fn _raw_read_unlock(lock: *mut rwlock_t);
    /// `kernel/cpu.c`.
    fn cpus_read_lock();
    /// `kernel/cpu.c`.
    fn cpus_read_unlock();
    /// `kernel/sched/core.c`: for a CPU that there can be.
    fn idle_task(cpu: c_int) -> *mut task_struct;
}

/// Marks kernel threads in `task_struct.flags` (`include/linux/sched.h`).
const PF_KTHREAD: c_uint = 0x0020_0000;

/// A task that cannot go now.
///
/// # Invariants
/// `raw` is valid: the list of tasks is locked, or it is the idle task of a CPU.
#[derive(Clone, Copy)]
pub struct Task {
    raw: NonNull<task_struct>,
    /// The CPU whose idle task it is.
    idle_on: Option<c_int>,
}

impl Task {
    /// The kernel's pointer.
    pub const fn as_ptr(self) -> *mut task_struct {
        self.raw.as_ptr()
    }

    /// The CPU whose idle task it is.
    pub const fn idle_on(self) -> Option<c_int> {
        self.idle_on
    }

    /// What it is.
    pub fn kind(self) -> TaskKind {
        // SAFETY: valid, by the invariant; the flag is never written after the task was made.
        let flags = unsafe { task_struct::flags(self.as_ptr()).read_volatile() };
        match self.idle_on {
            Some(_) => TaskKind::Idle,
            None if flags & PF_KTHREAD != 0 => TaskKind::Kthread,
            None => TaskKind::User,
        }
    }

    /// Its patch state.
    pub fn state(self) -> PatchState {
        // SAFETY: valid, by the invariant.
        unsafe { state_of(self.as_ptr()) }
    }

    /// Sets its patch state.
    pub fn set_state(self, state: PatchState) {
        // SAFETY: valid, by the invariant.
        unsafe { state_at(self.as_ptr()) }.store(number(state), Ordering::Relaxed);
    }

    /// Whether it is to switch when it leaves the kernel.
    pub fn pending(self) -> bool {
        self.flags().load(Ordering::Relaxed) & PENDING.get() != 0
    }

    /// Tells it to switch when it leaves the kernel, or not to.
    pub fn set_pending(self, pending: bool) {
        // Both are full barriers: who sees the flag sees what was written before it.
        if pending {
            self.flags().fetch_or(PENDING.get(), Ordering::SeqCst);
        } else {
            self.flags().fetch_and(!PENDING.get(), Ordering::SeqCst);
        }
    }

    fn flags(&self) -> &AtomicU64 {
        let info = task_struct::thread_info(self.as_ptr());
        // SAFETY: valid, by the invariant; the member is written by atomic instructions only.
        unsafe { AtomicU64::from_ptr(thread_info::flags(info)) }
    }
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // SAFETY: valid, by the invariant; a name that changes meanwhile is at worst a mixed one.
        let (comm, pid) = unsafe {
            (
                task_struct::comm(self.as_ptr()).read_volatile(),
                task_struct::pid(self.as_ptr()).read_volatile(),
            )
        };
        write!(f, "{}:{pid}", text(&comm))
    }
}

/// `TIF_PATCH_PENDING` as a bit.
struct Pending;

const PENDING: Pending = Pending;

impl Pending {
    fn get(&self) -> u64 {
        1 << thread_flag!(TIF_PATCH_PENDING)
    }
}

/// A task's patch state.
///
/// # Safety
/// The task must be valid.
pub unsafe fn state_of(task: *mut task_struct) -> PatchState {
    // SAFETY: the caller vouches for it. Relaxed: see the table in `klp_runtime`'s redirect.rs.
    match unsafe { state_at(task) }.load(Ordering::Relaxed) {
        0 => PatchState::Unpatched,
        1 => PatchState::Patched,
        _ => PatchState::Undefined,
    }
}

/// # Safety
/// The task must be valid for as long as the result is used.
unsafe fn state_at<'a>(task: *mut task_struct) -> &'a AtomicI32 {
    // SAFETY: the caller vouches for the task; the member is read and written in one piece.
    unsafe { AtomicI32::from_ptr(task_struct::patch_state(task)) }
}

/// The number that the kernel has for a state (`KLP_UNDEFINED` and so on,
/// `include/linux/livepatch.h`).
pub const fn number(state: PatchState) -> c_int {
    match state {
        PatchState::Undefined => -1,
        PatchState::Unpatched => 0,
        PatchState::Patched => 1,
    }
}

/// Visits all tasks but the idle ones, with the list of tasks locked.
pub fn for_each(visit: &mut dyn FnMut(Task)) {
    // SAFETY: the lock is the kernel's, and given back below.
    unsafe { _raw_read_lock(&raw mut tasklist_lock) };
    // SAFETY: the head of the list is there for ever, and the lock keeps the list as it is.
    let processes = unsafe {
        let head = task_struct::tasks(&raw mut init_task);
        list_entries!(head, task_struct.tasks)
    };
    for process in processes {
        for_each_thread(process, visit);
    }
    // SAFETY: taken above.
    unsafe { _raw_read_unlock(&raw mut tasklist_lock) };
}

fn for_each_thread(process: NonNull<task_struct>, visit: &mut dyn FnMut(Task)) {
    // SAFETY: a task on the list, which is locked, has its signal structure.
    let threads = unsafe {
        let signal = task_struct::signal(process.as_ptr()).read();
        list_entries!(signal_struct::thread_head(signal), task_struct.thread_node)
    };
    for raw in threads {
        // INVARIANT: the list is locked.
        visit(Task { raw, idle_on: None });
    }
}

/// Visits the idle task of each CPU that there can be, with whether the CPU is online.
pub fn for_each_idle(visit: &mut dyn FnMut(Task, bool)) {
    // SAFETY: given back below; the engine calls this where sleeping is allowed.
    unsafe { cpus_read_lock() };
    // SAFETY: read bit by bit; the lock keeps CPUs from coming and going.
    let (possible, online) = unsafe { (&__cpu_possible_mask, &__cpu_online_mask) };
    for cpu in cpus(possible) {
        // SAFETY: a CPU that there can be.
        if let Some(raw) = NonNull::new(unsafe { idle_task(cpu) }) {
            let online = has(online, cpu);
            // INVARIANT: idle tasks stay.
            let idle_on = Some(cpu);
            visit(Task { raw, idle_on }, online);
        }
    }
    // SAFETY: taken above.
    unsafe { cpus_read_unlock() };
}

fn cpus(mask: &cpumask) -> impl Iterator<Item = c_int> {
    // There is room for thousands, of which few are in use.
    let words = (0..).step_by(64).zip(mask.bits);
    let words = words.filter(|(_, word)| *word != 0);
    words.flat_map(|(first, word)| {
        (0..64)
            .filter(move |bit| word >> bit & 1 != 0)
            .map(move |bit| first + bit)
    })
}

fn has(mask: &cpumask, cpu: c_int) -> bool {
    let word = mask.bits.get(cpu as usize / 64);
    word.is_some_and(|word| word >> (cpu % 64) & 1 != 0)
}
