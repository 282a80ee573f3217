// SPDX-License-Identifier: GPL-2.0-only
//! The patched module comes and goes.

use std::{sync::atomic::Ordering, thread::sleep, time::Duration};

use super::Soak;
use crate::guest::modules;

const MODULE: &str = "klp_soak";
/// How long it stays.
const STAY: Duration = Duration::from_millis(700);
/// How long it is away.
const AWAY: Duration = Duration::from_millis(50);

/// Loads and unloads it until the load is to end.
pub fn run(soak: &Soak) {
    soak.until_stopped(AWAY, || {
        let loaded = modules::insmod(&format!("{MODULE}.ko"), "");
        sleep(STAY);
        match loaded.and_then(|()| modules::rmmod(MODULE)) {
            Ok(()) => _ = soak.tally.modules.fetch_add(1, Ordering::Relaxed),
            Err(error) => soak.complain(error),
        }
    });
}
