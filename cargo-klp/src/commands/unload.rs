// SPDX-License-Identifier: GPL-2.0-only
//! `cargo klp unload`: a patch out of the kernel that runs.

use super::patience::Patience;
use super::root;
use crate::error::Result;
use crate::machine::{Machine, MachineError, Patch, kernel_name};

/// Disable a patch, wait until no task runs it, and unload its module.
#[derive(Debug, clap::Args)]
pub struct Command {
    /// The patch.
    name: String,
    #[command(flatten)]
    patience: Patience,
}

impl Command {
    /// Does it. A patch that another one has replaced is disabled already: its module is unloaded.
    ///
    /// # Errors
    ///
    /// When there is no such patch, later ones have to go first, or tasks hold it up.
    pub fn run(&self) -> Result {
        let machine = Machine::here();
        let name = kernel_name(&self.name);
        match machine.patch(&name) {
            Some(patch) => {
                root::check("unload", &name)?;
                machine.disable(&patch)?;
                self.wait(&machine, &patch)?;
            }
            None => {
                machine.check_ours(&name)?;
                root::check("unload", &name)?;
            }
        }
        machine.remove(&name)?;
        println!("{name}: unloaded");
        Ok(())
    }

    /// Waits until the patch is gone from sysfs.
    fn wait(&self, machine: &Machine, patch: &Patch) -> Result<(), MachineError> {
        let name = &patch.name;
        let gone = || !machine.shows(name);
        if self.patience.until(machine, Some(name), gone) {
            return Ok(());
        }
        let moving = machine.patch(name).filter(|patch| patch.transition);
        Err(match moving {
            Some(patch) => self.patience.stuck(machine, &patch, next(name)),
            None => MachineError::StillThere {
                name: name.clone(),
                after: self.patience.limit(),
            },
        })
    }
}

fn next(name: &str) -> String {
    format!(
        "it is being disabled, task by task: run `cargo klp unload {name}` again later, or end \
         what these tasks do"
    )
}
