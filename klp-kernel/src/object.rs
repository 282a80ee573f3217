// SPDX-License-Identifier: GPL-2.0-only
//! The object that a callback accompanies.

use crate::types::klp_object;
use crate::{enumerator, field_offset};
use core::ffi::{CStr, c_char, c_uint, c_void};
use core::ptr::NonNull;
use klp_runtime::contract::VMLINUX;

/// What a callback is given: the object being patched or unpatched (`struct klp_object`).
///
/// # Invariants
/// `raw` points to a `klp_object` of the running patch, which outlives this value, while the core
/// that called the callback keeps the object's module from going away.
pub struct Object {
    raw: NonNull<klp_object>,
}

/// Where in its life a module is (`enum module_state`, `include/linux/module.h`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModuleState {
    /// `MODULE_STATE_LIVE`: normal state.
    Live,
    /// `MODULE_STATE_COMING`: fully formed, running its init function.
    Coming,
    /// `MODULE_STATE_GOING`: going away.
    Going,
    /// `MODULE_STATE_UNFORMED`: still being set up.
    Unformed,
}

impl Object {
    /// The object behind the pointer that the core hands to a callback.
    ///
    /// # Safety
    /// `raw` must point to a `klp_object` that stays valid, and its module loaded, for as long as
    /// the result is used.
    pub(crate) unsafe fn from_raw(raw: *mut c_void) -> Self {
        // SAFETY: the caller's pointer is valid, hence not null.
        let raw = unsafe { NonNull::new_unchecked(raw.cast()) };
        // INVARIANT: the caller vouches for validity and lifetime.
        Self { raw }
    }

    /// The kernel's own pointer to it.
    pub fn as_ptr(&self) -> *mut klp_object {
        self.raw.as_ptr()
    }

    /// `"vmlinux"`, or the module's name.
    pub fn name(&self) -> &str {
        // SAFETY: `name` is a pointer member of `klp_object`, at the offset that the kernel's type
        // information gives; nobody writes it while the patch exists.
        let name: *const c_char = unsafe { read_field(self.raw, field_offset!(klp_object.name)) };
        if name.is_null() {
            return VMLINUX;
        }
        // SAFETY: a name that is not null is the NUL-terminated string that the link step wrote.
        let name = unsafe { CStr::from_ptr(name) };
        name.to_str().unwrap_or_default()
    }

    /// Whether it is the kernel itself.
    pub fn is_vmlinux(&self) -> bool {
        self.name() == VMLINUX
    }

    /// The state of the object's module; `None` for vmlinux and while the module is not loaded.
    pub fn module_state(&self) -> Option<ModuleState> {
        // SAFETY: as for `name`; `mod` is a pointer member. The core that called the callback
        // holds its lock, so `mod` does not change now.
        let module: *mut u8 = unsafe { read_field(self.raw, field_offset!(klp_object.mod)) };
        let module = NonNull::new(module)?;
        // SAFETY: a module in `mod` is loaded (type invariant); its `state` is an enum of 4 bytes.
        let state: c_uint = unsafe { read_field(module, field_offset!(module.state)) };
        ModuleState::from_kernel(state)
    }
}

impl ModuleState {
    /// The state behind the kernel's number; `None` for a state that the kernel did not have yet
    /// when this was written.
    fn from_kernel(state: c_uint) -> Option<Self> {
        let state = state as usize;
        if state == enumerator!(MODULE_STATE_LIVE) {
            Some(Self::Live)
        } else if state == enumerator!(MODULE_STATE_COMING) {
            Some(Self::Coming)
        } else if state == enumerator!(MODULE_STATE_GOING) {
            Some(Self::Going)
        } else if state == enumerator!(MODULE_STATE_UNFORMED) {
            Some(Self::Unformed)
        } else {
            None
        }
    }
}

/// Reads the member at `offset`. Volatile, because the kernel may write it meanwhile.
///
/// # Safety
/// A member that any bit pattern of `T` may fill must lie at `offset` of the structure at `base`.
unsafe fn read_field<S, T: Copy>(base: NonNull<S>, offset: usize) -> T {
    // SAFETY: the offset is that of a member, so it stays inside the structure.
    let field = unsafe { base.cast::<u8>().add(offset) };
    // SAFETY: the caller vouches for a readable `T` there, and the kernel aligns its members.
    unsafe { field.cast().read_volatile() }
}
