// SPDX-License-Identifier: GPL-2.0-only
//! What `examples/targets/klp_shadow_mod/main.c` has, as the patch needs it.

use core::ptr::NonNull;
use klp_kernel::prelude::*;

/// `struct dummy`.
#[repr(C)]
pub struct dummy {
    /// `struct list_head`: the module's list.
    list: [usize; 2],
    /// Its number, which nobody changes.
    pub number: c_ulong,
}

#[kernel(object = "klp_shadow_mod")]
unsafe extern "C" {
    fn buffer_free(buffer: NonNull<c_void>);
}

/// A `struct buffer`, given back when it is dropped.
pub struct Buffer(NonNull<c_void>);

// SAFETY: buffer_free() may be called anywhere.
unsafe impl Send for Buffer {}
// SAFETY: a shared buffer can do nothing.
unsafe impl Sync for Buffer {}

impl Drop for Buffer {
    fn drop(&mut self) {
        // SAFETY: fix1 got it from buffer_alloc(), and nobody else has it.
        unsafe { buffer_free(self.0) };
    }
}
