// SPDX-License-Identifier: GPL-2.0-only
//! An allocator that counts, and fails when told to.

use core::ffi::{c_uint, c_void};
use core::ptr::null_mut;
use std::alloc::{Layout, alloc, dealloc};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// Sizes by addresses.
static MEMORY: Mutex<BTreeMap<usize, Layout>> = Mutex::new(BTreeMap::new());
static FAIL: AtomicBool = AtomicBool::new(false);

/// How many pieces of memory there are.
pub fn allocations() -> usize {
    MEMORY.lock().expect("one thread").len()
}

/// From now on there is no memory, or there is again.
pub fn fail_allocations(fail: bool) {
    FAIL.store(fail, Relaxed);
}

/// Memory of `size` bytes.
pub(crate) fn kmalloc(size: usize) -> *mut c_void {
    if FAIL.load(Relaxed) {
        return null_mut();
    }
    let layout = Layout::from_size_align(size.max(1), 8).expect("a size that fits");
    // SAFETY: the size is not 0.
    let memory = unsafe { alloc(layout) };
    MEMORY
        .lock()
        .expect("one thread")
        .insert(memory.addr(), layout);
    memory.cast()
}

#[unsafe(no_mangle)]
extern "C" fn mempool_kmalloc(_gfp: c_uint, size: *mut c_void) -> *mut c_void {
    kmalloc(size.addr())
}

#[unsafe(no_mangle)]
pub(crate) extern "C" fn kfree(memory: *mut c_void) {
    let layout = MEMORY.lock().expect("one thread").remove(&memory.addr());
    let layout = layout.expect("memory that was not allocated, or was freed");
    // SAFETY: it was allocated with this layout, and not freed yet.
    unsafe { dealloc(memory.cast(), layout) };
}
