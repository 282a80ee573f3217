// SPDX-License-Identifier: GPL-2.0-only
//! Shadow variables in a map.

use crate::memory::{kfree, kmalloc};
use core::ffi::{c_int, c_uint, c_ulong, c_void};
use core::ptr::null_mut;
use std::collections::BTreeMap;
use std::sync::Mutex;

type Constructor = unsafe extern "C" fn(*mut c_void, *mut c_void, *mut c_void) -> c_int;
type Destructor = unsafe extern "C" fn(*mut c_void, *mut c_void);
/// Parent and id.
type Key = (usize, c_ulong);

/// Addresses of variables.
static TABLE: Mutex<BTreeMap<Key, usize>> = Mutex::new(BTreeMap::new());

/// How many variables there are.
pub fn shadows() -> usize {
    TABLE.lock().expect("one thread").len()
}

#[unsafe(no_mangle)]
extern "C" fn klp_shadow_get(obj: *mut c_void, id: c_ulong) -> *mut c_void {
    let found = TABLE
        .lock()
        .expect("one thread")
        .get(&(obj.addr(), id))
        .copied();
    found.map_or(null_mut(), core::ptr::with_exposed_provenance_mut)
}

/// # Safety
/// As in the kernel: `ctor` must fit `size` and `ctor_data`.
#[unsafe(no_mangle)]
unsafe extern "C" fn klp_shadow_alloc(
    obj: *mut c_void,
    id: c_ulong,
    size: usize,
    gfp: c_uint,
    ctor: Constructor,
    ctor_data: *mut c_void,
) -> *mut c_void {
    if !klp_shadow_get(obj, id).is_null() {
        return null_mut();
    }
    // SAFETY: the caller's promise is the same.
    unsafe { klp_shadow_get_or_alloc(obj, id, size, gfp, ctor, ctor_data) }
}

/// # Safety
/// As in the kernel: `ctor` must fit `size` and `ctor_data`.
#[unsafe(no_mangle)]
unsafe extern "C" fn klp_shadow_get_or_alloc(
    obj: *mut c_void,
    id: c_ulong,
    size: usize,
    _gfp: c_uint,
    ctor: Constructor,
    ctor_data: *mut c_void,
) -> *mut c_void {
    let found = klp_shadow_get(obj, id);
    if !found.is_null() {
        return found;
    }
    let data = kmalloc(size);
    if data.is_null() {
        return data;
    }
    // SAFETY: the caller vouches for it.
    if unsafe { ctor(obj, data, ctor_data) } != 0 {
        kfree(data);
        return null_mut();
    }
    let key = (obj.addr(), id);
    TABLE
        .lock()
        .expect("one thread")
        .insert(key, data.expose_provenance());
    data
}

/// # Safety
/// As in the kernel: `dtor` must fit the variable.
#[unsafe(no_mangle)]
unsafe extern "C" fn klp_shadow_free(obj: *mut c_void, id: c_ulong, dtor: Option<Destructor>) {
    let data = klp_shadow_get(obj, id);
    if data.is_null() {
        return;
    }
    TABLE.lock().expect("one thread").remove(&(obj.addr(), id));
    if let Some(dtor) = dtor {
        // SAFETY: the caller vouches for it.
        unsafe { dtor(obj, data) };
    }
    kfree(data);
}

/// # Safety
/// As in the kernel: `dtor` must fit the variables.
#[unsafe(no_mangle)]
unsafe extern "C" fn klp_shadow_free_all(id: c_ulong, dtor: Option<Destructor>) {
    let keys: Vec<_> = TABLE.lock().expect("one thread").keys().copied().collect();
    for (obj, of_id) in keys {
        if of_id == id {
            let obj = core::ptr::without_provenance_mut(obj);
            // SAFETY: the caller's promise is the same.
            unsafe { klp_shadow_free(obj, id, dtor) };
        }
    }
}
