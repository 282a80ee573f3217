// SPDX-License-Identifier: GPL-2.0-only
//! From the one slot that the kernel has for each kind to all of an object's callbacks.

use super::sequence::Callbacks;
use crate::Object;
use crate::records::KLP_CALLBACKS;
use core::ffi::{c_int, c_void};
use klp_runtime::contract::CallbackKind;

macro_rules! dispatch {
    ($($name:ident: $kind:ident;)*) => {$(
        /// The entry for the kernel's slot of this kind.
        ///
        /// # Safety
        /// `object` is the valid `klp_object` that the core is working on.
        pub(super) unsafe extern "C" fn $name(object: *mut c_void) -> c_int {
            // SAFETY: the caller vouches for the object.
            unsafe { run_all(CallbackKind::$kind, object) }
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
unsafe fn run_all(kind: CallbackKind, object: *mut c_void) -> c_int {
    // SAFETY: the caller vouches for the object.
    let named = unsafe { Object::from_raw(object) };
    let callbacks = Callbacks {
        records: &KLP_CALLBACKS,
        kind,
        object: named.name(),
    };
    // SAFETY: the caller vouches for the object, whose name the callbacks are chosen by.
    unsafe { callbacks.run(object) }
}
