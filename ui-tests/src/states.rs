// SPDX-License-Identifier: GPL-2.0-only
//! The states of the running patch, and of one that was there before.

use core::ffi::{c_uint, c_ulong, c_void};
use core::ptr::null_mut;
use std::sync::Mutex;

/// A `struct klp_state`, with members where `numbers` says.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct KlpState {
    id: c_ulong,
    version: c_uint,
    data: *mut c_void,
}

// SAFETY: the pointer is only handed on.
unsafe impl Send for KlpState {}

impl KlpState {
    /// A state that remembers nothing.
    pub const fn new(id: c_ulong, version: c_uint) -> Self {
        let data = null_mut();
        Self { id, version, data }
    }

    /// Whether it remembers something.
    pub fn remembers(&self) -> bool {
        !self.data.is_null()
    }
}

/// The running patch's own, and the one before.
static STATES: Mutex<[Option<KlpState>; 2]> = Mutex::new([None; 2]);

/// Puts states in place, and gives back what was there.
pub fn install_states(states: [Option<KlpState>; 2]) -> [Option<KlpState>; 2] {
    std::mem::replace(&mut *STATES.lock().expect("one thread"), states)
}

fn state(which: usize, id: c_ulong) -> *mut KlpState {
    match &mut STATES.lock().expect("one thread")[which] {
        Some(state) if state.id == id => state,
        _ => null_mut(),
    }
}

#[unsafe(no_mangle)]
extern "C" fn klp_get_state(_patch: *mut c_void, id: c_ulong) -> *mut KlpState {
    state(0, id)
}

#[unsafe(no_mangle)]
extern "C" fn klp_get_prev_state(id: c_ulong) -> *mut KlpState {
    state(1, id)
}
