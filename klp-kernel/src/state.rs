// SPDX-License-Identifier: GPL-2.0-only
//! States: what a patch has changed in the system beside code, and hands to its successor
//! (`Documentation/livepatch/system-state.rst`).

use crate::shared::Shared;
use crate::types::{klp_patch, klp_state};
use crate::{KBox, Object, field_offset};
use core::ffi::{c_uint, c_ulong};
use core::marker::PhantomData;
use core::ptr::{NonNull, null_mut};
use klp_runtime::contract::{Location, StateRecord, Str};

unsafe extern "C" {
    /// The patch as the kernel sees it, written by the link step.
    static mut __klp_patch: klp_patch;

    // Exported by the kernel (`kernel/livepatch/state.c`), GPL only.
    fn klp_get_state(patch: *mut klp_patch, id: c_ulong) -> *mut klp_state;
    fn klp_get_prev_state(id: c_ulong) -> *mut klp_state;
}

/// A change that the patch makes to the system, beside replacing functions, with a `T` to remember
/// what is needed to undo it.
///
/// ```no_run
/// # use klp_kernel::prelude::*;
/// /// The limit as it was.
/// #[state(id = 1, version = 2)]
/// unsafe static LIMIT: State<c_int>;
/// ```
///
/// The kernel refuses a patch whose version of a state is lower than that of a patch that is
/// enabled, and a cumulative patch (`replace: true`) that lacks one of its states.
///
/// The memory of a state belongs to one patch at a time. When a cumulative patch replaces another,
/// only its own callbacks run, so it is the new patch that takes the old one's memory over:
///
/// | callback | what it does |
/// |---|---|
/// | `#[pre_patch]` | nothing if there is a [`previous_version`](Self::previous_version), else [`put`](Self::put) memory |
/// | `#[post_patch]` | [`take_previous`](Self::take_previous) and `put` that, else change the system and remember |
/// | `#[pre_unpatch]` | change the system back |
/// | `#[post_unpatch]` | [`take`](Self::take) and drop; nothing is there if the transition was reversed before `#[post_patch]` |
///
/// Methods ask for the callback's `&Object`: the core runs one callback at a time, so nobody else
/// looks at states meanwhile.
pub struct State<T> {
    id: c_ulong,
    version: c_uint,
    data: PhantomData<fn(T) -> T>,
}

impl<T: Send + Sync + 'static> State<T> {
    /// What patches call this change.
    pub const fn id(&self) -> u64 {
        self.id
    }

    /// How much of it this patch knows.
    pub const fn version(&self) -> u32 {
        self.version
    }

    /// The version that the patches which are enabled already have of it: `None` if none of them
    /// has made this change.
    ///
    /// To be asked in callbacks of vmlinux, which run only while a patch is being enabled, disabled
    /// or reversed. In a callback of a module that comes or goes at another time, the kernel warns
    /// and the answer is `None`.
    pub fn previous_version(&self, _object: &Object) -> Option<u32> {
        let state = self.previous()?;
        // SAFETY: the offset is that of the version.
        let version = unsafe { member::<c_uint>(state, field_offset!(klp_state.version)) };
        // SAFETY: a member of the state that was found, which nobody writes.
        Some(unsafe { version.read() })
    }

    /// Leaves `data` to remember, and gives back what was there.
    pub fn put(&self, _object: &Object, data: KBox<T>) -> Option<KBox<T>> {
        // SAFETY: the declaration's promise is that all patches have a `T` there.
        unsafe { swap(self.own()?, data.into_raw()) }
    }

    /// Takes what there is to remember.
    pub fn take(&self, _object: &Object) -> Option<KBox<T>> {
        // SAFETY: the declaration's promise is that all patches have a `T` there.
        unsafe { swap(self.own()?, null_mut()) }
    }

    /// Takes what the patch before this one remembers, which it then does no longer; to be called
    /// when and where [`previous_version`](Self::previous_version) may be asked.
    pub fn take_previous(&self, _object: &Object) -> Option<KBox<T>> {
        // SAFETY: the declaration's promise is that all patches have a `T` there.
        unsafe { swap(self.previous()?, null_mut()) }
    }

    fn own(&self) -> Option<NonNull<klp_state>> {
        let patch = &raw mut __klp_patch;
        // SAFETY: the link step wrote the patch, its states among it.
        NonNull::new(unsafe { klp_get_state(patch, self.id) })
    }

    fn previous(&self) -> Option<NonNull<klp_state>> {
        // SAFETY: the core that runs the callback holds the lock of its list of patches.
        NonNull::new(unsafe { klp_get_prev_state(self.id) })
    }
}

/// Puts `data`, which may be null, in the place of a state's data.
///
/// # Safety
/// The state's data must be null or come from `KBox::<T>::into_raw`, and nobody else may look at
/// it now.
unsafe fn swap<T>(state: NonNull<klp_state>, data: *mut T) -> Option<KBox<T>> {
    // SAFETY: the offset is that of the pointer to the data.
    let place = unsafe { member::<*mut T>(state, field_offset!(klp_state.data)) };
    // SAFETY: a member of a valid state, which nobody else looks at.
    let old = unsafe { place.replace(data) };
    // SAFETY: it comes from `into_raw`, and the state has it no longer.
    (!old.is_null()).then(|| unsafe { KBox::from_raw(old) })
}

/// # Safety
/// `offset` must be that of a member of `klp_state`.
unsafe fn member<M>(state: NonNull<klp_state>, offset: usize) -> NonNull<M> {
    // SAFETY: the offset stays inside the structure.
    unsafe { state.cast::<u8>().add(offset) }.cast()
}

/// The value of a `#[state]` static.
pub const fn from_id<T>(id: u64, version: u32) -> State<T> {
    State {
        id,
        version,
        data: PhantomData,
    }
}

/// The record of a `#[state]` static.
pub const fn record<T: Shared>(
    state: &'static State<T>,
    [name, value_type]: [&'static str; 2],
    location: Location,
) -> StateRecord {
    StateRecord {
        id: state.id,
        version: state.version,
        reserved: 0,
        name: Str::new(name),
        value_type: Str::new(value_type),
        location,
    }
}
