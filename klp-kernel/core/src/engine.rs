// SPDX-License-Identifier: GPL-2.0-only
//! The engine, behind its lock.

use crate::linux::Linux;
use crate::lock::{Guard, Mutex};
use crate::patience;
use klp_runtime::Engine;

/// The engine, from when the module is loaded until it is unloaded.
static ENGINE: Mutex<Option<Engine<Linux>>> = Mutex::new(None);

/// The engine at work.
pub struct Running(());

impl Running {
    /// Starts an engine.
    ///
    /// # Safety
    /// Only when the module is loaded, before anything else.
    pub unsafe fn start() -> Self {
        // SAFETY: nobody uses it yet.
        unsafe { ENGINE.set_up(c"klp_engine") };
        *ENGINE.lock() = Some(Engine::new(Linux, patience::policy()));
        Self(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        *ENGINE.lock() = None;
    }
}

/// Waits for the lock of the engine.
pub fn lock() -> Guard<'static, Option<Engine<Linux>>> {
    ENGINE.lock()
}
