// SPDX-License-Identifier: GPL-2.0-only
//! The order of several callbacks of one kind and object.
//!
//! Patch callbacks run in the order in which they stand in the source: by file name, then by line.
//! (Records have no order of their own: it changes with the number of codegen units.) Undos run in
//! the reverse order of what they undo. When a pre_patch refuses, the kernel runs no post_unpatch
//! for the object, so those that had already run are undone here.
//!
//! There are a handful of callbacks, so the next is found by looking at all of them.

use core::cmp::Ordering;
use core::ffi::{c_int, c_void};
use core::ptr::fn_addr_eq;
use klp_runtime::contract::{CallbackKind, CallbackRecord};

/// The callbacks of one kind and object.
pub(super) struct Callbacks<'a> {
    pub records: &'a [CallbackRecord],
    pub kind: CallbackKind,
    pub object: &'a str,
}

/// A callback's place in the order, and its index to tell apart what has the same place.
type Place<'a> = (&'a str, u32, u32, usize);

impl<'a> Callbacks<'a> {
    /// Runs them all, in the order of their kind.
    ///
    /// # Safety
    /// `object` is what the records' functions expect.
    pub unsafe fn run(&self, object: *mut c_void) -> c_int {
        match self.kind {
            // SAFETY: the caller's promise is the same.
            CallbackKind::PrePatch => unsafe { self.run_or_undo(object) },
            CallbackKind::PostPatch => {
                // SAFETY: the caller's promise is the same.
                self.forward(|record| unsafe { (record.run)(object) });
                0
            }
            CallbackKind::PreUnpatch | CallbackKind::PostUnpatch => {
                // SAFETY: the caller's promise is the same.
                self.backward(None, |record| _ = unsafe { (record.run)(object) });
                0
            }
        }
    }

    /// Stops at the first that refuses, after undoing those before it.
    ///
    /// # Safety
    /// As [`run`](Self::run).
    unsafe fn run_or_undo(&self, object: *mut c_void) -> c_int {
        // SAFETY: the caller's promise is the same.
        let refused = self.forward(|record| unsafe { (record.run)(object) });
        let Some((place, errno)) = refused else {
            return 0;
        };
        self.backward(Some(place), |record| {
            if let Some(undo) = record.undo {
                // SAFETY: the caller's promise is the same.
                unsafe { undo(object) };
            }
        });
        errno
    }

    /// Visits first to last, until `visit` returns something else than 0, which only pre_patch
    /// callbacks do.
    fn forward(&self, visit: impl Fn(&CallbackRecord) -> c_int) -> Option<(Place<'a>, c_int)> {
        let mut last = None;
        while let Some((place, record)) = self.next(last, Ordering::Greater) {
            let ret = visit(record);
            if ret != 0 {
                return Some((place, ret));
            }
            last = Some(place);
        }
        None
    }

    /// Visits last to first, from what comes before `end`.
    fn backward(&self, mut end: Option<Place<'a>>, visit: impl Fn(&CallbackRecord)) {
        while let Some((place, record)) = self.next(end, Ordering::Less) {
            visit(record);
            end = Some(place);
        }
    }

    /// The callback nearest to `last` on the side of it that `side` says.
    #[inline(never)]
    fn next(
        &self,
        last: Option<Place<'a>>,
        side: Ordering,
    ) -> Option<(Place<'a>, &'a CallbackRecord)> {
        let beyond = |place: &Place<'_>| last.is_none_or(|last| place.cmp(&last) == side);
        let ours = |record: &CallbackRecord| {
            record.kind == self.kind && record.object.as_str() == self.object
        };
        let mut nearest: Option<(Place<'a>, _)> = None;
        for (at, record) in self.records.iter().enumerate() {
            let place = self.place(at, record);
            let nearer = nearest.is_none_or(|(nearest, _)| nearest.cmp(&place) == side);
            if ours(record) && beyond(&place) && nearer {
                nearest = Some((place, record));
            }
        }
        nearest
    }

    /// Where the callback stands in the source; for an undo, where what it undoes stands.
    fn place(&self, at: usize, record: &'a CallbackRecord) -> Place<'a> {
        let undone =
            |other: &&CallbackRecord| other.undo.is_some_and(|undo| fn_addr_eq(undo, record.run));
        let stands = self.records.iter().find(undone).unwrap_or(record).location;
        (stands.file.as_str(), stands.line, stands.column, at)
    }
}

#[cfg(test)]
mod tests;
