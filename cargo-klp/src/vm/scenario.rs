// SPDX-License-Identifier: GPL-2.0-only
//! What a virtual machine is asked to do: a list of command lines, run in order.

use serde::{Deserialize, Serialize};

/// The steps of one boot.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scenario {
    /// Run in this order; a failing step does not stop the ones after it.
    pub steps: Vec<Step>,
}

/// One command line. The verbs are those of [`crate::guest::command`]; anything else is run by
/// the guest's shell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What to run.
    pub command: String,
    /// Whether the step only prepares or waits, and is no part of what is shown or compared.
    #[serde(default)]
    pub quiet: bool,
}

impl Scenario {
    /// A scenario without steps: boot, then power off.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a step that is shown.
    #[must_use]
    pub fn step(self, command: impl Into<String>) -> Self {
        self.push(command, false)
    }

    /// Adds a step that only prepares or waits.
    #[must_use]
    pub fn quiet(self, command: impl Into<String>) -> Self {
        self.push(command, true)
    }

    fn push(mut self, command: impl Into<String>, quiet: bool) -> Self {
        self.steps.push(Step {
            command: command.into(),
            quiet,
        });
        self
    }
}
