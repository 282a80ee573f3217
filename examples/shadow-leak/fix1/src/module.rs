// SPDX-License-Identifier: GPL-2.0-only
//! What `examples/targets/klp_shadow_mod/main.c` has, as the patch needs it.

use core::ptr::NonNull;
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};
use klp_kernel::prelude::*;

/// `struct dummy`.
#[repr(C)]
#[derive(Default)]
pub struct dummy {
    /// `struct list_head`: the module's list, which it adds the dummy to by itself.
    list: [usize; 2],
    /// Its number.
    pub number: c_ulong,
}

#[kernel(object = "klp_shadow_mod")]
unsafe extern "C" {
    safe static numbers: AtomicU64;
    fn buffer_alloc(gfp: c_uint) -> *mut c_void;
    fn buffer_free(buffer: NonNull<c_void>);
}

/// The number of a new dummy.
pub fn next_number() -> c_ulong {
    numbers.fetch_add(1, Relaxed) + 1
}

/// A `struct buffer`, given back when it is dropped.
pub struct Buffer(NonNull<c_void>);

// SAFETY: buffer_alloc() and buffer_free() may be called anywhere.
unsafe impl Send for Buffer {}
// SAFETY: a shared buffer can do nothing.
unsafe impl Sync for Buffer {}

impl Buffer {
    /// A new buffer.
    pub fn new(gfp: Gfp<'_>) -> Result<Self> {
        // SAFETY: the flags are right for this place.
        let buffer = unsafe { buffer_alloc(gfp.flags()) };
        NonNull::new(buffer).map(Self).ok_or(Errno::ENOMEM)
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        // SAFETY: from buffer_alloc(), and nobody else has it.
        unsafe { buffer_free(self.0) };
    }
}
