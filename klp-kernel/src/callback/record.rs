// SPDX-License-Identifier: GPL-2.0-only
//! The record of a callback, and the C functions that it points to.
//!
//! The bounds of the four constructors are the pairing rules of a single callback.

use super::pairing::{UndoesPostPatch, UndoesPrePatch, assert_same_object};
use super::{Callback, PostPatch, PostUnpatch, PrePatch, PreUnpatch, dispatch};
use crate::Object;
use core::ffi::{c_int, c_void};
use klp_runtime::contract::{CallbackKind, CallbackRecord, Location, RawCallback, Str};

/// Stands where an author gave a reason for having no undo.
pub enum NoUndo {}

impl PreUnpatch for NoUndo {
    fn run(_object: &Object) {}
}

impl PostUnpatch for NoUndo {
    fn run(_object: &Object) {}
}

/// The record of a `#[pre_patch]` function that `U` undoes.
#[track_caller]
pub const fn pre_patch<P: PrePatch, U: PostUnpatch>(location: Location) -> CallbackRecord {
    assert_same_object::<P, U>();
    CallbackRecord {
        undo: undo_of::<U>(run_post_unpatch::<U>),
        undone_by: Str::new(U::FUNCTION),
        ..record::<P>(
            CallbackKind::PrePatch,
            run_pre_patch::<P>,
            dispatch::pre_patch,
            location,
        )
    }
}

/// The record of a `#[post_patch]` function that `U` undoes.
#[track_caller]
pub const fn post_patch<P: PostPatch, U: PreUnpatch>(location: Location) -> CallbackRecord {
    assert_same_object::<P, U>();
    CallbackRecord {
        undo: undo_of::<U>(run_pre_unpatch::<U>),
        undone_by: Str::new(U::FUNCTION),
        ..record::<P>(
            CallbackKind::PostPatch,
            run_post_patch::<P>,
            dispatch::post_patch,
            location,
        )
    }
}

/// The record of a `#[pre_unpatch]` function.
pub const fn pre_unpatch<U: PreUnpatch + UndoesPostPatch>(location: Location) -> CallbackRecord {
    record::<U>(
        CallbackKind::PreUnpatch,
        run_pre_unpatch::<U>,
        dispatch::pre_unpatch,
        location,
    )
}

/// The record of a `#[post_unpatch]` function.
pub const fn post_unpatch<U: PostUnpatch + UndoesPrePatch>(location: Location) -> CallbackRecord {
    record::<U>(
        CallbackKind::PostUnpatch,
        run_post_unpatch::<U>,
        dispatch::post_unpatch,
        location,
    )
}

const fn record<C: Callback>(
    kind: CallbackKind,
    run: RawCallback,
    dispatch: RawCallback,
    location: Location,
) -> CallbackRecord {
    CallbackRecord {
        object: Str::new(C::OBJECT),
        function: Str::new(C::FUNCTION),
        kind,
        alone: C::ALONE as u32,
        run,
        undo: None,
        undone_by: Str::new(""),
        reason: Str::new(""),
        dispatch,
        location,
    }
}

/// `record` with the author's reason for being half a pair only.
pub const fn with_reason(record: CallbackRecord, reason: &'static str) -> CallbackRecord {
    CallbackRecord {
        reason: Str::new(reason),
        ..record
    }
}

/// `run`, unless `U` is [`NoUndo`], the one callback without a name.
const fn undo_of<U: Callback>(run: RawCallback) -> Option<RawCallback> {
    if U::FUNCTION.is_empty() {
        None
    } else {
        Some(run)
    }
}

macro_rules! run {
    ($($run:ident: $kind:ident, $object:ident => $body:expr;)*) => {$(
        /// Runs the author's function.
        ///
        /// # Safety
        /// As for every callback: `object` is the valid `klp_object` that the core is working on.
        unsafe extern "C" fn $run<C: $kind>(object: *mut c_void) -> c_int {
            // SAFETY: the caller vouches for the object.
            let $object = &unsafe { Object::from_raw(object) };
            $body
        }
    )*};
}

run! {
    run_pre_patch: PrePatch, object => match C::run(object) {
        Ok(()) => 0,
        Err(errno) => errno.to_ret(),
    };
    run_post_patch: PostPatch, object => { C::run(object); 0 };
    run_pre_unpatch: PreUnpatch, object => { C::run(object); 0 };
    run_post_unpatch: PostUnpatch, object => { C::run(object); 0 };
}
