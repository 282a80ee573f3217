// SPDX-License-Identifier: GPL-2.0-only
//! Waiting for the kernel, which tells nobody when a transition is complete.

use std::thread::sleep;
use std::time::{Duration, Instant};

const INTERVAL: Duration = Duration::from_millis(10);

/// Waits until `done`; `false` if that does not come about within `limit`.
pub fn until(limit: Duration, mut done: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    loop {
        if done() {
            return true;
        }
        if start.elapsed() >= limit {
            return false;
        }
        sleep(INTERVAL);
    }
}
