// SPDX-License-Identifier: GPL-2.0-only
//! The state that tasks switch to: the kernel's own variable, borrowed from the kernel's own core.
//!
//! Only one of the two cores can have a transition. While ours has one, the kernel's core is told
//! that it has one itself, of a patch that there is not: so it refuses to begin another.

use crate::kernel::{delayed_work, klp_patch, mutex, work_struct};
use crate::lock::{mutex_lock, mutex_unlock};
use crate::task::number;
use core::cell::UnsafeCell;
use core::ffi::c_int;
use core::mem::MaybeUninit;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicI32, AtomicI64, AtomicPtr, Ordering};
use klp_kernel::prelude::*;
use klp_runtime::{Error, PatchState};

#[kernel(object = "vmlinux")]
unsafe extern "C" {
    /// `kernel/livepatch/core.c`.
    static mut klp_mutex: mutex;
    /// `kernel/livepatch/transition.c`: written under `klp_mutex`.
    static mut klp_transition_patch: *mut klp_patch;
    /// `kernel/livepatch/transition.c`: written under `klp_mutex`.
    static mut klp_target_state: c_int;
    /// `kernel/livepatch/transition.c`: what looks at tasks again for the kernel's own core.
    static mut klp_transition_work: delayed_work;
    /// `kernel/workqueue.c`.
    fn flush_delayed_work(dwork: *mut delayed_work) -> bool;
}

/// The patch that there is not. Its address is all that the kernel's core looks at.
struct Nobody(UnsafeCell<MaybeUninit<klp_patch>>);

// SAFETY: nobody reads or writes it.
unsafe impl Sync for Nobody {}

static NOBODY: Nobody = Nobody(UnsafeCell::new(MaybeUninit::zeroed()));

/// What the kernel's core takes for the patch in transition while we have one.
fn ours() -> *mut klp_patch {
    NOBODY.0.get().cast()
}

/// The patch in transition.
fn transition<'a>() -> &'a AtomicPtr<klp_patch> {
    // SAFETY: there for ever, and read and written in one piece.
    unsafe { AtomicPtr::from_ptr(&raw mut klp_transition_patch) }
}

/// Sets the state that tasks switch to.
pub fn set(target: PatchState) -> core::result::Result<(), Error> {
    let held = lock();
    let (ours, transition) = (ours(), transition());
    let under_way = transition.load(Ordering::Relaxed);
    let result = match target {
        PatchState::Undefined if under_way == ours => {
            write(target);
            transition.store(null_mut(), Ordering::Relaxed);
            Ok(())
        }
        PatchState::Undefined => Ok(()),
        _ if under_way.is_null() || under_way == ours => {
            transition.store(ours, Ordering::Relaxed);
            write(target);
            Ok(())
        }
        _ => Err(Error::InTransition),
    };
    drop(held);
    result
}

fn write(target: PatchState) {
    // SAFETY: the lock is held under which it is written; it is read in one piece.
    let state = unsafe { AtomicI32::from_ptr(&raw mut klp_target_state) };
    // The pending flags, which are set after this, are the barrier for those who read it.
    state.store(number(target), Ordering::Relaxed);
}

/// `klp_mutex`, held.
struct Held;

impl Drop for Held {
    fn drop(&mut self) {
        // SAFETY: held.
        unsafe { mutex_unlock(&raw mut klp_mutex) };
    }
}

/// Takes the lock of the kernel's core at a moment when that core has no work to come, which would
/// take our transition for its own. With a transition of its own it has work again and again; that
/// is none to wait for, as ours is refused then.
fn lock() -> Held {
    loop {
        // SAFETY: the lock is the kernel's.
        unsafe { mutex_lock(&raw mut klp_mutex) };
        let held = Held;
        let under_way = transition().load(Ordering::Relaxed);
        if under_way != ours() && !under_way.is_null() || !is_work_pending() {
            return held;
        }
        drop(held);
        // SAFETY: the work is the kernel's, and the lock that it takes is not held here.
        unsafe { flush_delayed_work(&raw mut klp_transition_work) };
    }
}

fn is_work_pending() -> bool {
    let work = delayed_work::work(&raw mut klp_transition_work);
    // SAFETY: the work is there for ever, and this member of it read in one piece.
    let data = unsafe { AtomicI64::from_ptr(work_struct::data(work).cast()) };
    data.load(Ordering::Relaxed) & WORK_STRUCT_PENDING != 0
}

/// `WORK_STRUCT_PENDING_BIT` is the first (`include/linux/workqueue.h`).
const WORK_STRUCT_PENDING: i64 = 1;
