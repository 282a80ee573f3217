// SPDX-License-Identifier: GPL-2.0-only
//! Telling a kernel that checks its locks of what [`rcu`](crate::rcu) writes out itself: reading under
//! RCU is a lock to it (`rcu_lock_acquire`, `include/linux/rcupdate.h`).

use core::ptr::null_mut;
use klp_kernel::prelude::*;

klp_kernel::types! { struct lockdep_map; }

#[kernel(object = "vmlinux")]
unsafe extern "C" {
    /// `kernel/rcu/update.c`: what stands for the lock.
    static mut rcu_lock_map: lockdep_map;
    /// `kernel/locking/lockdep.c`.
    fn lock_acquire(
        lock: *mut lockdep_map,
        subclass: c_uint,
        trylock: c_int,
        read: c_int,
        check: c_int,
        nest_lock: *mut lockdep_map,
        ip: c_ulong,
    );
    /// `kernel/locking/lockdep.c`.
    fn lock_release(lock: *mut lockdep_map, ip: c_ulong);
}

/// Readers may read again within.
const RECURSIVELY: c_int = 2;

/// Says that the running task reads. Reports name the place by this function.
pub fn begin_reading() {
    let (map, ip) = (&raw mut rcu_lock_map, begin_reading as *const () as c_ulong);
    // SAFETY: may be called anywhere, and the map is there for ever.
    unsafe { lock_acquire(map, 0, 0, RECURSIVELY, 0, null_mut(), ip) };
}

/// Says that the running task does not read any more.
pub fn end_reading() {
    let ip = end_reading as *const () as c_ulong;
    // SAFETY: as above.
    unsafe { lock_release(&raw mut rcu_lock_map, ip) };
}
