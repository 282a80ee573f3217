// SPDX-License-Identifier: GPL-2.0-only
//! Shadow variables: data that a patch attaches to structures it cannot extend
//! (`Documentation/livepatch/shadow-vars.rst`).

use crate::shared::Shared;
use crate::{Errno, Gfp, Result};
use core::ffi::{c_int, c_uint, c_ulong, c_void};
use core::marker::PhantomData;
use core::mem::needs_drop;
use core::ptr::{NonNull, drop_in_place};
use klp_runtime::contract::{Location, ShadowRecord, Str};

/// What the kernel aligns the values of shadow variables to, behind a header of its own.
const ALIGNMENT: usize = 8;

type Constructor = unsafe extern "C" fn(*mut c_void, *mut c_void, *mut c_void) -> c_int;
type Destructor = unsafe extern "C" fn(*mut c_void, *mut c_void);
type Allocate = unsafe extern "C" fn(
    *mut c_void,
    c_ulong,
    usize,
    c_uint,
    Constructor,
    *mut c_void,
) -> *mut c_void;

// Exported by the kernel (`kernel/livepatch/shadow.c`), GPL only.
unsafe extern "C" {
    fn klp_shadow_get(obj: *mut c_void, id: c_ulong) -> *mut c_void;
    fn klp_shadow_alloc(
        obj: *mut c_void,
        id: c_ulong,
        size: usize,
        gfp: c_uint,
        ctor: Constructor,
        ctor_data: *mut c_void,
    ) -> *mut c_void;
    fn klp_shadow_get_or_alloc(
        obj: *mut c_void,
        id: c_ulong,
        size: usize,
        gfp: c_uint,
        ctor: Constructor,
        ctor_data: *mut c_void,
    ) -> *mut c_void;
    fn klp_shadow_free(obj: *mut c_void, id: c_ulong, dtor: Option<Destructor>);
    fn klp_shadow_free_all(id: c_ulong, dtor: Option<Destructor>);
}

/// A kind of shadow variable: a `T` for any `P` that gets one.
///
/// ```no_run
/// # use klp_kernel::prelude::*;
/// # struct sta_info;
/// /// Serialises waking a station up and sending to it.
/// #[shadow(id = 1)]
/// unsafe static PS_LOCK: Shadow<sta_info, SpinLock>;
///
/// fn wake_up(sta: &sta_info) -> Result {
///     let lock = PS_LOCK.get_or_alloc(sta, Gfp::ATOMIC, || Ok(SpinLock::new(())))?;
///     let _held = lock.lock();
///     Ok(())
/// }
/// ```
///
/// # How long a variable lives
/// From `alloc` or `get_or_alloc` until it is freed, whatever happens to the patch: variables
/// outlive a patch that is replaced, and its successor finds them. A reference to one is borrowed
/// from the parent, and freeing is what is `unsafe`: who frees vouches that nobody uses one any
/// more. So free a variable where its parent is freed, and all that are left over in a
/// `#[post_unpatch]` callback, which runs when no task is in the patch's code.
///
/// # Locking
/// All methods may be called in any context but NMI, though not in a constructor or a destructor:
/// those run under the lock of the kernel's table, with interrupts off. They can neither sleep
/// (see [`MaySleep`](crate::MaySleep)) nor use shadow variables. What is in the variable is
/// reached by all CPUs at once, hence `T: Sync`: an atomic number, a [`SpinLock`](crate::SpinLock).
pub struct Shadow<P, T> {
    id: c_ulong,
    types: PhantomData<fn(&P) -> &T>,
}

impl<P, T: Send + Sync + 'static> Shadow<P, T> {
    /// What the kernel files the variables under.
    pub const fn id(&self) -> u64 {
        self.id
    }

    /// The parent's variable, if it has one: parents that are older than the patch have none.
    pub fn get<'p>(&self, parent: &'p P) -> Option<&'p T> {
        // SAFETY: the kernel compares the address, and does not follow it.
        let data = unsafe { klp_shadow_get(address(parent), self.id) };
        // SAFETY: the variable is a `T`, by the promise of its declaration, and whoever frees it
        // vouches that references borrowed from the parent are gone.
        NonNull::new(data).map(|data| unsafe { data.cast().as_ref() })
    }

    /// Gives the parent a variable, which it must not have yet.
    ///
    /// `value` is called once, under the lock of the kernel's table, when there is memory.
    ///
    /// # Errors
    /// Those of `value`; [`Errno::EEXIST`], with a warning in the kernel log; [`Errno::ENOMEM`].
    pub fn alloc<'p, F>(&self, parent: &'p P, gfp: Gfp<'_>, value: F) -> Result<&'p T>
    where
        F: FnOnce() -> Result<T> + Send,
    {
        self.attach(klp_shadow_alloc, parent, gfp, value)
    }

    /// The parent's variable, made by `value` if there is none yet.
    ///
    /// `value` is called at most once, under the lock of the kernel's table. If several CPUs get
    /// here at once, one makes the variable and all get the same.
    ///
    /// # Errors
    /// Those of `value`; [`Errno::ENOMEM`].
    pub fn get_or_alloc<'p, F>(&self, parent: &'p P, gfp: Gfp<'_>, value: F) -> Result<&'p T>
    where
        F: FnOnce() -> Result<T> + Send,
    {
        self.attach(klp_shadow_get_or_alloc, parent, gfp, value)
    }

    /// Drops and frees the parent's variable, if it has one.
    ///
    /// # Safety
    /// Nobody may use a reference to the variable any more, or get one meanwhile. That is so where
    /// the parent is being freed, for then nobody else can reach the parent.
    pub unsafe fn free(&self, parent: &P) {
        // SAFETY: the caller vouches for the variable, the declaration for its type.
        unsafe { klp_shadow_free(address(parent), self.id, destructor::<T>()) };
    }

    /// Drops and frees the variables of all parents.
    ///
    /// # Safety
    /// As for [`free`](Self::free), for every parent. That is so in a `#[post_unpatch]` callback of
    /// the object whose functions use the variables, unless another patch uses them as well.
    pub unsafe fn free_all(&self) {
        // SAFETY: the caller vouches for the variables, the declaration for their type.
        unsafe { klp_shadow_free_all(self.id, destructor::<T>()) };
    }

    fn attach<'p, F>(
        &self,
        allocate: Allocate,
        parent: &'p P,
        gfp: Gfp<'_>,
        value: F,
    ) -> Result<&'p T>
    where
        F: FnOnce() -> Result<T> + Send,
    {
        const { assert!(align_of::<T>() <= ALIGNMENT) };
        let (object, size) = (address(parent), size_of::<T>());
        let mut making = Making::Wanted(value);
        let data = (&raw mut making).cast();
        // SAFETY: `construct` expects a `Making<F>`, which lives until the call is over, and
        // writes a `T` into as much memory as one needs.
        let data = unsafe { allocate(object, self.id, size, gfp.flags(), construct::<T, F>, data) };
        match (NonNull::new(data), making) {
            // SAFETY: as for `get`.
            (Some(data), _) => Ok(unsafe { data.cast().as_ref() }),
            (None, Making::Failed(error)) => Err(error),
            (None, _) if self.get(parent).is_some() => Err(Errno::EEXIST),
            (None, _) => Err(Errno::ENOMEM),
        }
    }
}

/// How far a constructor has come.
enum Making<F> {
    Wanted(F),
    Called,
    Failed(Errno),
}

/// What the kernel calls to fill a new variable.
///
/// # Safety
/// `data` must have room for a `T`, and `making` point to a `Making<F>`.
unsafe extern "C" fn construct<T, F: FnOnce() -> Result<T>>(
    _object: *mut c_void,
    data: *mut c_void,
    making: *mut c_void,
) -> c_int {
    // SAFETY: the caller vouches for it; nobody else looks at it during the call.
    let making = unsafe { &mut *making.cast::<Making<F>>() };
    let Making::Wanted(value) = core::mem::replace(making, Making::Called) else {
        return Errno::EINVAL.to_ret();
    };
    match value() {
        Ok(value) => {
            // SAFETY: the caller vouches for the room; the kernel's memory is aligned to 8 bytes.
            unsafe { data.cast::<T>().write(value) };
            0
        }
        Err(error) => {
            *making = Making::Failed(error);
            error.to_ret()
        }
    }
}

/// What the kernel is to call for a variable that goes; nothing where there is nothing to do.
fn destructor<T>() -> Option<Destructor> {
    const { needs_drop::<T>() }.then_some(destroy::<T> as Destructor)
}

/// # Safety
/// `data` must point to a `T` that nobody uses any more.
unsafe extern "C" fn destroy<T>(_object: *mut c_void, data: *mut c_void) {
    // SAFETY: the caller vouches for it.
    unsafe { drop_in_place(data.cast::<T>()) };
}

fn address<P>(parent: &P) -> *mut c_void {
    (&raw const *parent).cast_mut().cast()
}

/// The value of a `#[shadow]` static.
pub const fn from_id<P, T>(id: u64) -> Shadow<P, T> {
    Shadow {
        id,
        types: PhantomData,
    }
}

/// The record of a `#[shadow]` static.
#[track_caller]
pub const fn record<P, T: Shared>(
    shadow: &'static Shadow<P, T>,
    [name, parent_type, value_type]: [&'static str; 3],
    location: Location,
) -> ShadowRecord {
    assert!(
        align_of::<T>() <= ALIGNMENT,
        "[KLP052] the kernel aligns shadow variables to 8 bytes only: take a type of a lower \
         alignment"
    );
    ShadowRecord {
        id: shadow.id,
        name: Str::new(name),
        parent_type: Str::new(parent_type),
        value_type: Str::new(value_type),
        location,
    }
}
