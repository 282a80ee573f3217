// SPDX-License-Identifier: GPL-2.0-only
//! Commit 1d147bfa6429 ("mac80211: fix AP powersave TX vs. wakeup race") as a live patch: it added
//! a spinlock to `struct sta_info`, which here is a shadow variable.
//!
//! The lock lives as long as its station: made where the station is, freed where the station is.
//! Stations that are older than the patch have none, and go on without.
#![no_std]
#![no_main]

#[path = "../../module.rs"]
mod module;

use core::ptr::null_mut;
use klp_kernel::prelude::*;
use module::sta_info;

klp::patch! {
    license: "GPL",
    description: "Serialises sending to a station and waking it up",
}

/// Held from looking whether the station sleeps to keeping the frame, and while it is woken up.
#[shadow(id = 1)]
unsafe static PS_LOCK: Shadow<sta_info, SpinLock>;

/// Makes a station, and its lock.
///
/// # Safety
/// Called with flags that are right for where it is called.
#[livepatch(object = "klp_sta")]
unsafe extern "C" fn sta_info_alloc(gfp: c_uint) -> *mut sta_info {
    // SAFETY: the caller's flags, for the caller's context.
    match new_station(unsafe { Gfp::from_flags(gfp) }) {
        Ok(sta) => sta.into_raw(),
        Err(_) => null_mut(),
    }
}

fn new_station(gfp: Gfp<'_>) -> Result<KBox<sta_info>> {
    let sta = KBox::zeroed(gfp)?;
    PS_LOCK.alloc(&sta, gfp, || Ok(SpinLock::new(())))?;
    Ok(sta)
}

/// Sends a frame, or keeps it for later.
///
/// # Safety
/// Called with a station that is not freed meanwhile.
#[livepatch(object = "klp_sta")]
unsafe extern "C" fn ieee80211_tx_h_unicast_ps_buf(sta: *mut sta_info) {
    // SAFETY: the caller passes a station, and keeps it.
    let sta = unsafe { &*sta };
    let _held = PS_LOCK.get(sta).map(SpinLock::lock);
    sta.send();
}

/// The station is awake: delivers what was kept.
///
/// # Safety
/// Called with a station that is not freed meanwhile.
#[livepatch(object = "klp_sta")]
unsafe extern "C" fn ieee80211_sta_ps_deliver_wakeup(sta: *mut sta_info) {
    // SAFETY: the caller passes a station, and keeps it.
    let sta = unsafe { &*sta };
    let _held = PS_LOCK.get(sta).map(SpinLock::lock);
    sta.wake_up();
}

/// Frees the lock, then the station.
///
/// # Safety
/// Called with a station that nobody else can reach any more.
#[livepatch(object = "klp_sta")]
unsafe extern "C" fn sta_info_free(sta: *mut sta_info) {
    // SAFETY: kmalloc's, and the caller gives it away.
    let sta = unsafe { KBox::from_raw(sta) };
    // SAFETY: nobody else can reach the station.
    unsafe { PS_LOCK.free(&sta) };
}

/// Locks of stations that outlive the patch.
#[post_unpatch(
    object = "klp_sta",
    undoes_nothing = "sta_info_alloc() makes the locks"
)]
fn free_locks(_module: &Object) {
    // SAFETY: no task is in the patch's code, where the only users are.
    unsafe { PS_LOCK.free_all() };
}
