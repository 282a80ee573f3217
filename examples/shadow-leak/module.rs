// SPDX-License-Identifier: GPL-2.0-only
//! What `examples/targets/klp_shadow_mod/main.c` has, as both fixes need it.

use core::ptr::NonNull;
use klp_kernel::prelude::*;

klp_kernel::types! {
    object: "klp_shadow_mod",
    struct dummy { number }
    struct buffer;
}

#[kernel(object = "klp_shadow_mod")]
unsafe extern "C" {
    fn buffer_free(buffer: NonNull<buffer>);
}

/// A `struct buffer`, given back when it is dropped.
///
/// # Invariants
/// It comes from buffer_alloc(), and nobody else has it.
pub struct Buffer(pub NonNull<buffer>);

// SAFETY: buffer_alloc() and buffer_free() may be called anywhere.
unsafe impl Send for Buffer {}
// SAFETY: a shared buffer can do nothing.
unsafe impl Sync for Buffer {}

impl Drop for Buffer {
    fn drop(&mut self) {
        // SAFETY: nobody else has it, by invariant.
        unsafe { buffer_free(self.0) };
    }
}
