// SPDX-License-Identifier: GPL-2.0-only
//! Objects and modules, with members where `numbers` says.

use core::ffi::{CStr, c_char, c_int, c_void};
use core::ptr::{null, null_mut};
use klp_kernel::contract::RawCallback;

/// A `struct klp_object`.
#[repr(C)]
pub struct Object {
    name: *const c_char,
    module: *mut Module,
}

/// A `struct module`.
#[repr(C)]
pub struct Module {
    before: [u64; 2],
    /// A `MODULE_STATE_…`.
    state: u32,
}

impl Module {
    /// A module in `state`.
    pub const fn new(state: u32) -> Self {
        Self {
            before: [!0; 2],
            state,
        }
    }
}

impl Object {
    /// The kernel itself, which has no name.
    pub const fn vmlinux() -> Self {
        Self {
            name: null(),
            module: null_mut(),
        }
    }

    /// A module's object; `module` is `None` while it is not loaded.
    pub fn of_module(name: &'static CStr, module: Option<&mut Module>) -> Self {
        Self {
            name: name.as_ptr(),
            module: module.map_or(null_mut(), |module| module),
        }
    }

    /// Calls a callback as the core does.
    ///
    /// # Safety
    /// `callback` must be from a record of klp-kernel's slices.
    pub unsafe fn call(&mut self, callback: RawCallback) -> c_int {
        let object: *mut c_void = (&raw mut *self).cast();
        // SAFETY: this is a `klp_object` as `numbers` describes it.
        unsafe { callback(object) }
    }
}
