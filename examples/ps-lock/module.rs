// SPDX-License-Identifier: GPL-2.0-only
//! What `examples/targets/klp_sta/main.c` has, as both patches need it.

use core::sync::atomic::Ordering::Relaxed;
use klp_kernel::prelude::*;

klp_kernel::types! {
    object: "klp_sta",
    struct sta_info { asleep, kept, delivered }
}

#[kernel(object = "klp_sta")]
unsafe extern "C" {
    /// Spins until the station has woken up, or for a while.
    safe fn sta_gap();
}

impl sta_info {
    /// Sends a frame, or keeps it for later: the old ieee80211_tx_h_unicast_ps_buf().
    pub fn send(&self) {
        if self.asleep.load(Relaxed) == 0 {
            self.delivered.fetch_add(1, Relaxed);
            return;
        }
        sta_gap();
        self.kept.fetch_add(1, Relaxed);
    }

    /// Delivers what was kept: the old ieee80211_sta_ps_deliver_wakeup().
    pub fn wake_up(&self) {
        self.asleep.store(0, Relaxed);
        let kept = self.kept.swap(0, Relaxed);
        self.delivered.fetch_add(kept, Relaxed);
    }
}
