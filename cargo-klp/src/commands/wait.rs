// SPDX-License-Identifier: GPL-2.0-only
//! `cargo klp wait`: until all tasks have switched.

use super::patience::Patience;
use crate::error::Result;
use crate::machine::Machine;

/// Wait until no transition is under way; fails, and says who holds it up, when the time is up.
#[derive(Debug, clap::Args)]
pub struct Command {
    /// The patch; any unless given.
    name: Option<String>,
    #[command(flatten)]
    patience: Patience,
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    ///
    /// When there is no such patch, or it is still in transition at the end.
    pub fn run(&self) -> Result {
        let machine = Machine::here();
        let name = self.name.as_deref();
        if let Some(name) = name
            && !machine.shows(name)
        {
            return Err(machine.not_enabled(name).into());
        }
        let next = "wait longer with `--timeout`, or end what these tasks do";
        Ok(self.patience.settle(&machine, name, |_| next.to_owned())?)
    }
}
