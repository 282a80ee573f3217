// SPDX-License-Identifier: GPL-2.0-only
//! How long a command waits for tasks to switch, and what it shows meanwhile.

use std::time::Duration;

use super::live::Live;
use crate::machine::{Machine, MachineError, Patch, until};

/// How long to wait.
#[derive(Debug, clap::Args)]
pub struct Patience {
    /// How long to wait for tasks to switch.
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    timeout: u64,
}

impl Patience {
    /// The longest time.
    pub fn limit(&self) -> Duration {
        Duration::from_secs(self.timeout)
    }

    /// Waits until `done`, on a terminal showing who holds up the patch of this name, or any.
    pub fn until(
        &self,
        machine: &Machine,
        name: Option<&str>,
        mut done: impl FnMut() -> bool,
    ) -> bool {
        let mut live = Live::new();
        until(self.limit(), || {
            let done = done();
            if !done {
                live.show(|| machine.status(name));
            }
            done
        })
    }

    /// Waits until the patch of this name, or any, is in no transition.
    ///
    /// # Errors
    ///
    /// When one still is at the end; `next` says what to do then.
    pub fn settle(
        &self,
        machine: &Machine,
        name: Option<&str>,
        next: impl FnOnce(&Patch) -> String,
    ) -> Result<(), MachineError> {
        if self.until(machine, name, || moving(machine, name).is_none()) {
            return Ok(());
        }
        match moving(machine, name) {
            Some(patch) => Err(self.stuck(machine, &patch, next(&patch))),
            None => Ok(()),
        }
    }

    /// The error for a patch that is still in transition.
    pub fn stuck(&self, machine: &Machine, patch: &Patch, next: String) -> MachineError {
        MachineError::Stuck {
            name: patch.name.clone(),
            after: self.limit(),
            blocking: machine.blocking(patch),
            next,
        }
    }
}

/// The patch in transition, of this name or any.
fn moving(machine: &Machine, name: Option<&str>) -> Option<Patch> {
    let patches = match name {
        Some(name) => machine.patch(name).into_iter().collect(),
        None => machine.patches(),
    };
    patches.into_iter().find(|patch| patch.transition)
}
