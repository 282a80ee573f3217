// SPDX-License-Identifier: GPL-2.0-only
//! Memory of the kernel's own allocator.

use crate::{Errno, MaySleep, Result};
use core::ffi::{c_uint, c_void};
use core::mem::MaybeUninit;
use core::ops::{Deref, DerefMut};
use core::ptr::{NonNull, drop_in_place, without_provenance_mut};

unsafe extern "C" {
    /// Exported by the kernel (`mm/mempool.c`): `kmalloc(size, gfp)` as an ordinary function.
    ///
    /// `kmalloc` itself is inline, and what it calls has another name in every other kernel.
    fn mempool_kmalloc(gfp: c_uint, size: *mut c_void) -> *mut c_void;
    /// Exported by the kernel (`mm/slab_common.c`).
    fn kfree(memory: *const c_void);
}

/// How an allocation may get its memory (`include/linux/gfp_types.h`).
///
/// Neither `Send` nor `Sync`, as [`MaySleep`] is not: a constructor of a shadow variable cannot
/// take one along from where sleeping was allowed.
#[derive(Clone, Copy)]
pub struct Gfp<'a> {
    flags: c_uint,
    _context: [&'a MaySleep; 0],
}

/// `__GFP_HIGH`, `__GFP_IO`, `__GFP_FS`, `__GFP_DIRECT_RECLAIM`, `__GFP_KSWAPD_RECLAIM`: the same
/// numbers in all kernels from 4.20 on.
const HIGH: c_uint = 0x20;
const IO: c_uint = 0x40;
const FS: c_uint = 0x80;
const DIRECT_RECLAIM: c_uint = 0x400;
const KSWAPD_RECLAIM: c_uint = 0x800;

impl Gfp<'_> {
    /// `GFP_ATOMIC`: never sleeps, and may use reserves.
    pub const ATOMIC: Self = Self::of(HIGH | KSWAPD_RECLAIM);
    /// `GFP_NOWAIT`: never sleeps.
    pub const NOWAIT: Self = Self::of(KSWAPD_RECLAIM);

    #[inline]
    const fn of(flags: c_uint) -> Self {
        Self {
            flags,
            _context: [],
        }
    }

    /// The kernel's own number for it.
    #[inline]
    pub const fn flags(self) -> c_uint {
        self.flags
    }
}

impl<'a> Gfp<'a> {
    /// `GFP_KERNEL`: may sleep until there is memory.
    #[inline]
    pub const fn kernel(_may_sleep: &'a MaySleep) -> Self {
        Self::of(DIRECT_RECLAIM | KSWAPD_RECLAIM | IO | FS)
    }

    /// The flags that some caller of the replaced function has passed.
    ///
    /// # Safety
    /// `flags` must be valid flags, and allow to sleep only where the code may.
    #[inline]
    pub const unsafe fn from_flags(flags: c_uint) -> Self {
        Self::of(flags)
    }
}

/// A type of which zero bytes are a value, as all those of `klp::types!` are.
///
/// # Safety
/// Zero bytes must be a valid value.
pub unsafe trait Zeroable {}

/// A value in memory of its own (`kmalloc`), freed with it (`kfree`).
///
/// # Invariants
/// `value` points to a valid `T` in memory from `kmalloc`, which nothing else owns.
pub struct KBox<T> {
    value: NonNull<T>,
}

// SAFETY: a box is its value, and kfree may be called anywhere.
unsafe impl<T: Send> Send for KBox<T> {}
// SAFETY: a shared box gives nothing but a shared value.
unsafe impl<T: Sync> Sync for KBox<T> {}

impl<T> KBox<T> {
    /// Puts `value` into memory of its own.
    ///
    /// # Errors
    /// [`Errno::ENOMEM`], and `value` is dropped.
    pub fn new(value: T, gfp: Gfp<'_>) -> Result<Self> {
        const {
            assert!(
                align_of::<T>() <= 8,
                "[KLP051] kmalloc aligns to 8 bytes only: take a type of a lower alignment"
            )
        };
        // No empty allocation: kmalloc gives no memory for one.
        let size = const {
            if size_of::<T>() == 0 {
                1
            } else {
                size_of::<T>()
            }
        };
        // SAFETY: any size is fine, and `gfp` vouches for the context.
        let memory = unsafe { mempool_kmalloc(gfp.flags(), without_provenance_mut(size)) };
        let memory = NonNull::new(memory).ok_or(Errno::ENOMEM)?.cast::<T>();
        // SAFETY: the memory is new, large enough, and aligned as asserted above.
        unsafe { memory.write(value) };
        // INVARIANT: just written, and told nobody.
        Ok(Self { value: memory })
    }

    /// `kzalloc`: a value that is all zero bytes.
    ///
    /// # Errors
    /// [`Errno::ENOMEM`].
    pub fn zeroed(gfp: Gfp<'_>) -> Result<Self>
    where
        T: Zeroable,
    {
        let memory = KBox::<MaybeUninit<T>>::new(MaybeUninit::zeroed(), gfp)?;
        // SAFETY: kmalloc's memory, and zero bytes are a valid `T`.
        Ok(unsafe { Self::from_raw(memory.into_raw().cast()) })
    }

    /// Gives the memory away, to be taken back by [`from_raw`](Self::from_raw).
    pub fn into_raw(self) -> *mut T {
        let value = self.value;
        core::mem::forget(self);
        value.as_ptr()
    }

    /// Takes memory over: from [`into_raw`](Self::into_raw), or what C got from `kmalloc`.
    ///
    /// # Safety
    /// `value` must point to a valid `T` in memory from `kmalloc`, which the box now owns alone.
    pub unsafe fn from_raw(value: *mut T) -> Self {
        // SAFETY: a valid pointer is not null.
        let value = unsafe { NonNull::new_unchecked(value) };
        // INVARIANT: the caller vouches for it.
        Self { value }
    }
}

impl<T> Drop for KBox<T> {
    fn drop(&mut self) {
        // SAFETY: valid and owned by invariant, and never used again.
        unsafe { drop_in_place(self.value.as_ptr()) };
        // SAFETY: the memory is kmalloc's by invariant.
        unsafe { kfree(self.value.as_ptr().cast()) };
    }
}

impl<T> Deref for KBox<T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: valid by invariant, and borrowed as the box is.
        unsafe { self.value.as_ref() }
    }
}

impl<T> DerefMut for KBox<T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: valid and owned by invariant, and borrowed as the box is.
        unsafe { self.value.as_mut() }
    }
}
