// SPDX-License-Identifier: GPL-2.0-only
//! The engine's memory: the kernel's allocator.

use crate::linux::Linux;
use core::alloc::Layout;
use core::ffi::{c_uint, c_void};
use core::ptr::{NonNull, without_provenance_mut};
use core::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use klp_kernel::prelude::*;
use klp_runtime::Memory;

#[kernel(object = "vmlinux")]
unsafe extern "C" {
    /// `mm/mempool.c`: `kmalloc(size, gfp)` as an ordinary function, in all kernels.
    fn mempool_kmalloc(gfp: c_uint, size: *mut c_void) -> *mut c_void;
    /// `mm/util.c`: of `kmalloc` or of `vmalloc`.
    fn kvfree(addr: *const c_void);
}

/// Which of the core's allocations fails, counted from when this changes; 0 for none. For tests.
#[param(mode = 0o600)]
static FAIL_ALLOCATION: Param<c_uint> = Param::new(0);

/// What `FAIL_ALLOCATION` was at the last allocation, and allocations since it is that.
static WANTED: AtomicU32 = AtomicU32::new(0);
static COUNT: AtomicU32 = AtomicU32::new(0);

/// Allocations that have not been given back.
static IN_USE: AtomicUsize = AtomicUsize::new(0);

/// How much of the core's memory is in use: after a patch is gone as much as before it came.
pub fn in_use() -> usize {
    IN_USE.load(Ordering::Relaxed)
}

/// Whether this is the allocation that is to fail: the one `wanted`, or none if that is 0.
#[cold]
fn fails(wanted: c_uint) -> bool {
    if WANTED.swap(wanted, Ordering::Relaxed) != wanted {
        COUNT.store(0, Ordering::Relaxed);
    }
    wanted != 0 && COUNT.fetch_add(1, Ordering::Relaxed) + 1 == wanted
}

/// Memory of this layout by these flags, if there is any.
#[inline]
pub fn allocate(layout: Layout, gfp: Gfp<'_>) -> Option<NonNull<u8>> {
    let wanted = FAIL_ALLOCATION.get();
    if wanted | WANTED.load(Ordering::Relaxed) != 0 && fails(wanted) {
        return None;
    }
    // kmalloc aligns to 8 bytes, and to its size where that is a power of two.
    let size = match layout.align() {
        ..=8 => layout.size(),
        align => layout.size().next_power_of_two().max(align),
    };
    // SAFETY: any size is fine, and `gfp` vouches for the context.
    let memory = unsafe { mempool_kmalloc(gfp.flags(), without_provenance_mut(size)) };
    counted(memory)
}

/// Memory that [`free`] gives back.
pub fn counted(memory: *mut c_void) -> Option<NonNull<u8>> {
    let memory = NonNull::new(memory.cast())?;
    IN_USE.fetch_add(1, Ordering::Relaxed);
    Some(memory)
}

/// Gives memory back.
///
/// # Safety
/// The memory must be [`allocate`]'s or [`counted`], and used by nobody.
pub unsafe fn free(memory: NonNull<u8>) {
    IN_USE.fetch_sub(1, Ordering::Relaxed);
    // SAFETY: the caller vouches for it; of either kind of memory it knows which it is.
    unsafe { kvfree(memory.as_ptr().cast()) };
}

impl Memory for Linux {
    fn allocate(&self, layout: Layout) -> Option<NonNull<u8>> {
        // SAFETY: the trait says that this may sleep.
        let may_sleep = unsafe { MaySleep::here() };
        allocate(layout, Gfp::kernel(&may_sleep))
    }

    unsafe fn free(&self, memory: NonNull<u8>, _layout: Layout) {
        // SAFETY: the caller vouches for it.
        unsafe { free(memory) };
    }
}
