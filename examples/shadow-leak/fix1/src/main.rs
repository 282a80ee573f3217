// SPDX-License-Identifier: GPL-2.0-only
//! `dummy_alloc()` of `examples/targets/klp_shadow_mod` forgets where the dummy's buffer is. Here
//! a shadow variable remembers it, which lives as long as its dummy: attached where the dummy is
//! allocated, freed where the dummy is.
#![no_std]
#![no_main]

#[path = "../../module.rs"]
mod module;

use core::ptr::{NonNull, null_mut};
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};
use klp_kernel::prelude::*;
use module::{Buffer, buffer, dummy};

klp::patch! {
    license: "GPL",
    description: "klp_shadow_mod: free the buffers of dummies",
}

#[kernel(object = "klp_shadow_mod")]
unsafe extern "C" {
    safe static numbers: AtomicU64;
    fn buffer_alloc(gfp: c_uint) -> *mut buffer;
}

/// The buffer that belongs to the dummy.
#[shadow]
unsafe static BUFFER: Shadow<dummy, Buffer>;

/// Remembers the buffer.
#[livepatch(object = "klp_shadow_mod")]
extern "C" fn dummy_alloc() -> *mut dummy {
    match dummy_with_buffer() {
        Ok(dummy) => dummy.into_raw(),
        Err(_) => null_mut(),
    }
}

fn dummy_with_buffer() -> Result<KBox<dummy>> {
    // SAFETY: the old function allocates with GFP_KERNEL as well.
    let may_sleep = unsafe { MaySleep::here() };
    let gfp = Gfp::kernel(&may_sleep);
    let mut dummy = KBox::<dummy>::zeroed(gfp)?;
    // SAFETY: the flags are right for this place.
    let buffer = unsafe { buffer_alloc(gfp.flags()) };
    // INVARIANT: just allocated.
    let buffer = Buffer(NonNull::new(buffer).ok_or(Errno::ENOMEM)?);
    BUFFER.alloc(&dummy, gfp, || Ok(buffer))?;
    dummy.number = numbers.fetch_add(1, Relaxed) + 1;
    Ok(dummy)
}

/// Frees the buffer, then the dummy.
///
/// # Safety
/// Called with a dummy that is in no list any more.
#[livepatch(object = "klp_shadow_mod")]
unsafe extern "C" fn dummy_free(dummy: *mut dummy) {
    // SAFETY: kmalloc's, and the caller gives it away.
    let dummy = unsafe { KBox::from_raw(dummy) };
    if BUFFER.get(&dummy).is_none() {
        pr_info!(
            "dummy {} is older than the fix: its buffer is lost",
            dummy.number
        );
    }
    // SAFETY: nobody else can reach the dummy.
    unsafe { BUFFER.free(&dummy) };
}

/// The old `dummy_free()` would not free the buffers that are left.
#[post_unpatch(
    object = "klp_shadow_mod",
    undoes_nothing = "dummy_alloc() makes the variables"
)]
fn free_buffers(_module: &Object) {
    // SAFETY: no task is in the patch's code, where the only users are.
    unsafe { BUFFER.free_all() };
}
