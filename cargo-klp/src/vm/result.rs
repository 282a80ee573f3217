// SPDX-License-Identifier: GPL-2.0-only
//! What a finished run looked like: the log, sorted into the steps it belongs to.

use std::collections::BTreeMap;

use super::Line;

/// A run that came to its end.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// The whole console, the guest's own records included.
    pub lines: Vec<Line>,
    /// The steps, quiet ones too, in the order in which they ran.
    pub steps: Vec<StepResult>,
    /// Files taken out of the guest, by the name given in the step.
    pub captures: BTreeMap<String, Vec<u8>>,
    /// Whether the kernel's livepatch core printed its debugging lines.
    pub livepatch_debug: bool,
}

/// One step: from its start to the start of the next.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StepResult {
    /// The command line.
    pub command: String,
    /// Whether it only prepared or waited.
    pub quiet: bool,
    /// The exit status; `None` if the step never ended.
    pub status: Option<i32>,
    /// What was printed meanwhile, in order.
    pub lines: Vec<StepLine>,
}

/// One line that belongs to a step.
#[derive(Clone, Debug, PartialEq)]
pub struct StepLine {
    /// Who printed it.
    pub source: Source,
    /// When, in seconds since boot.
    pub time: Option<f64>,
    /// The text.
    pub text: String,
}

/// Who printed a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The kernel, or a module in it.
    Kernel,
    /// The step's command.
    Command,
    /// A task started by an earlier step.
    Background,
}

impl StepResult {
    /// The lines that the command printed.
    pub fn output(&self) -> Vec<&str> {
        self.from(Source::Command)
    }

    /// The lines that the kernel printed while the step was the latest.
    pub fn log(&self) -> Vec<&str> {
        self.from(Source::Kernel)
    }

    /// Whether the command ended well.
    pub fn succeeded(&self) -> bool {
        self.status == Some(0)
    }

    fn from(&self, source: Source) -> Vec<&str> {
        let lines = self.lines.iter().filter(|line| line.source == source);
        lines.map(|line| line.text.as_str()).collect()
    }
}
