// SPDX-License-Identifier: GPL-2.0-only
//! From the one slot that the kernel has for each kind to all of an object's callbacks.
//!
//! Patch callbacks run in the order of their records, unpatch callbacks in reverse. When a
//! pre_patch refuses, the kernel runs no post_unpatch for the object, so those that had already
//! run are undone here, last first.

use crate::Object;
use crate::records::KLP_CALLBACKS;
use core::ffi::{c_int, c_void};
use klp_runtime::contract::{CallbackKind, CallbackRecord};

macro_rules! dispatch {
    ($($name:ident: $kind:ident;)*) => {$(
        /// The entry for the kernel's slot of this kind.
        ///
        /// # Safety
        /// `object` is the valid `klp_object` that the core is working on.
        pub(super) unsafe extern "C" fn $name(object: *mut c_void) -> c_int {
            // SAFETY: the caller vouches for the object.
            unsafe { run_all(&KLP_CALLBACKS, CallbackKind::$kind, object) }
        }
    )*};
}

dispatch! {
    pre_patch: PrePatch;
    post_patch: PostPatch;
    pre_unpatch: PreUnpatch;
    post_unpatch: PostUnpatch;
}

/// # Safety
/// `object` is the valid `klp_object` that the core is working on.
unsafe fn run_all(records: &[CallbackRecord], kind: CallbackKind, object: *mut c_void) -> c_int {
    // SAFETY: the caller vouches for the object.
    let named = unsafe { Object::from_raw(object) };
    let ours = Callbacks {
        records,
        kind,
        object: named.name(),
    };
    // SAFETY: the caller vouches for the object, whose name the callbacks are chosen by.
    unsafe { ours.run(object) }
}

/// The callbacks of one kind and object.
struct Callbacks<'a> {
    records: &'a [CallbackRecord],
    kind: CallbackKind,
    object: &'a str,
}

impl Callbacks<'_> {
    /// Runs them all, in the order of their kind.
    ///
    /// # Safety
    /// `object` is what the records' functions expect.
    unsafe fn run(&self, object: *mut c_void) -> c_int {
        let all = 0..self.records.len();
        match self.kind {
            // SAFETY: the caller's promise is the same.
            CallbackKind::PrePatch => unsafe { self.run_or_undo(object) },
            // SAFETY: the caller's promise is the same.
            CallbackKind::PostPatch => unsafe { self.run_each(all, object) },
            CallbackKind::PreUnpatch | CallbackKind::PostUnpatch => {
                // SAFETY: the caller's promise is the same.
                unsafe { self.run_each(all.rev(), object) }
            }
        }
    }

    /// # Safety
    /// As [`run`](Self::run).
    unsafe fn run_each(&self, order: impl Iterator<Item = usize>, object: *mut c_void) -> c_int {
        for record in order.filter_map(|at| self.at(at)) {
            // SAFETY: the caller's promise is the same.
            unsafe { (record.run)(object) };
        }
        0
    }

    /// Stops at the first that refuses, after undoing those before it.
    ///
    /// # Safety
    /// As [`run`](Self::run).
    unsafe fn run_or_undo(&self, object: *mut c_void) -> c_int {
        for at in 0..self.records.len() {
            let Some(record) = self.at(at) else { continue };
            // SAFETY: the caller's promise is the same.
            let refused = unsafe { (record.run)(object) };
            if refused != 0 {
                // SAFETY: the caller's promise is the same.
                unsafe { self.undo_before(at, object) };
                return refused;
            }
        }
        0
    }

    /// # Safety
    /// As [`run`](Self::run).
    unsafe fn undo_before(&self, end: usize, object: *mut c_void) {
        for undo in (0..end).rev().filter_map(|at| self.at(at)?.undo) {
            // SAFETY: the caller's promise is the same.
            unsafe { undo(object) };
        }
    }

    /// The record at `at` if it is one of these.
    fn at(&self, at: usize) -> Option<&CallbackRecord> {
        self.records
            .get(at)
            .filter(|record| record.kind == self.kind && record.object.as_str() == self.object)
    }
}

#[cfg(test)]
mod tests;
