// SPDX-License-Identifier: GPL-2.0-only
//! What patches call: the kernel's own functions by klp's names.

use crate::kernel::{klp_patch, klp_state};
use crate::loaded::{Handle, Loaded};
use crate::{engine, graveyard, identity, object};
use core::ffi::{c_int, c_ulong};
use core::ptr::{NonNull, null_mut};
use klp_kernel::prelude::*;
use klp_runtime::Errno;
use klp_runtime::contract::{ABI, CoreHeader};

/// `klp_enable_patch`.
///
/// # Safety
/// Called by the init function of a patch's module that klp's link step made, with the module's
/// table.
#[export]
unsafe extern "C" fn klp_core_enable_patch(patch: *mut klp_patch) -> c_int {
    let Some(table) = NonNull::new(patch) else {
        return Errno::EINVAL.to_ret();
    };
    // SAFETY: the caller vouches for the table.
    match unsafe { enable(table) } {
        Ok(()) => 0,
        Err(errno) => errno.to_ret(),
    }
}

/// # Safety
/// As for [`klp_core_enable_patch`].
unsafe fn enable(table: NonNull<klp_patch>) -> Result {
    // SAFETY: the link step puts it there.
    check(unsafe { table.cast::<CoreHeader>().sub(1).as_ref() })?;
    // SAFETY: the module keeps its table until `Loaded` is dropped: it is held, or its init has
    // not returned.
    let loaded = unsafe { Loaded::read(table) }.map_err(|error| error.errno())?;
    let patch = Handle::new(loaded);
    // SAFETY: the patch is there until it is released, or given up below.
    let spec = unsafe { patch.get().spec() };
    let mut engine = engine::lock();
    let result = match &mut *engine {
        Some(engine) => engine.enable(spec, patch),
        None => Err(klp_runtime::Error::ModuleGone),
    };
    let Err(error) = result else { return Ok(()) };
    if !error.is_logged() {
        pr_err!("'{}': {error}", spec.name);
    }
    // Whoever buries it takes the lock first, which is held.
    let acquired = patch.get().acquired();
    drop(engine);
    if acquired {
        // The module goes when this returns: it must not be in use then.
        graveyard::bury_all();
    } else {
        // SAFETY: the engine never had it.
        drop(unsafe { patch.into_box() });
    }
    Err(error.errno())
}

/// Refuses a patch of another version of klp, or for another kernel.
fn check(header: &CoreHeader) -> Result {
    if header.abi != ABI {
        let (theirs, older) = (
            header.abi,
            if header.abi < ABI { "patch" } else { "klp.ko" },
        );
        pr_err!(
            "the patch has version {theirs} of klp's interface, klp.ko has {ABI}: build the {older} anew"
        );
        return Err(Errno::EINVAL);
    }
    if header.build_id != *identity::build_id() {
        pr_err!("the patch is built for another build of this kernel: build it for this one");
        return Err(Errno::EINVAL);
    }
    Ok(())
}

/// `klp_get_prev_state`: what an earlier patch has made of a change to the system.
///
/// # Safety
/// Called by callbacks of patches, under the lock of the engine.
#[export]
unsafe extern "C" fn klp_core_get_prev_state(id: c_ulong) -> *mut klp_state {
    object::previous_state(id).map_or(null_mut(), NonNull::as_ptr)
}
