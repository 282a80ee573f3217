// SPDX-License-Identifier: GPL-2.0-only
//! `cargo klp status`: the patches of this machine, and who holds a transition up.

use std::io::{IsTerminal, stderr, stdout};
use std::thread::sleep;
use std::time::Duration;

use super::live::Live;
use crate::error::{Error, Result};
use crate::machine::{Machine, Status};

/// How often the machine is looked at: every task is.
const INTERVAL: Duration = Duration::from_millis(500);

/// Show the patches of this machine, and which tasks hold a transition up.
#[derive(Debug, clap::Args)]
pub struct Command {
    /// The patch; all unless given.
    name: Option<String>,
    /// Go on until nothing is in transition.
    #[arg(long)]
    watch: bool,
    /// For programs: one line of JSON each time.
    #[arg(long)]
    json: bool,
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    ///
    /// When there is no such patch.
    pub fn run(&self) -> Result {
        let machine = Machine::here();
        let status = self.look(&machine)?;
        if !self.watch || status.transitions.is_empty() {
            return self.print(&status);
        }
        let terminal = stdout().is_terminal() && stderr().is_terminal();
        let last = if terminal && !self.json {
            redraw(&machine, self.name.as_deref(), status)
        } else {
            self.follow(&machine, status)?
        };
        self.print(&last)
    }

    fn look(&self, machine: &Machine) -> Result<Status> {
        let status = machine.status(self.name.as_deref());
        match &self.name {
            Some(name) if status.patches.is_empty() => Err(machine.not_enabled(name).into()),
            _ => Ok(status),
        }
    }

    /// Prints what changes until nothing is in transition, and gives what is to be printed last.
    fn follow(&self, machine: &Machine, mut status: Status) -> Result<Status> {
        while !status.transitions.is_empty() {
            self.print(&status)?;
            let before = status;
            status = loop {
                sleep(INTERVAL);
                let now = machine.status(self.name.as_deref());
                if now.differs_from(&before) {
                    break now;
                }
            };
        }
        Ok(status)
    }

    fn print(&self, status: &Status) -> Result {
        if self.json {
            let json = serde_json::to_string(status);
            let json = json.map_err(|error| Error::io("write", "the status")(error.into()))?;
            println!("{json}");
        } else {
            println!("{status}");
        }
        Ok(())
    }
}

/// Shows the status in place until nothing is in transition, and gives the last one.
fn redraw(machine: &Machine, name: Option<&str>, mut status: Status) -> Status {
    let mut live = Live::new();
    while !status.transitions.is_empty() {
        live.show(|| &status);
        sleep(INTERVAL);
        status = machine.status(name);
    }
    status
}
