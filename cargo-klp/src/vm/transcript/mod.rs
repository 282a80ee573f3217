// SPDX-License-Identifier: GPL-2.0-only
//! Transcripts: what a scenario prints, written down as a text file and compared line by line.
//!
//! ```text
//! # Comments say what is shown and why.
//! % insmod livepatch-callbacks-demo.ko
//! livepatch: enabling patch 'livepatch_callbacks_demo'
//! [debug] livepatch: 'livepatch_callbacks_demo': initializing patching transition
//! livepatch: 'livepatch_callbacks_demo': starting patching transition
//! %& echo 0 > /sys/kernel/livepatch/livepatch_callbacks_demo/enabled
//! ```
//!
//! `% COMMAND` is a step; it is followed by all that the command and the kernel print, up to the
//! moment at which every transition is over. `%& COMMAND` goes on without waiting for that.
//! `[debug] ` marks lines that the kernel prints only when its livepatch core is debugged, `[klp] `
//! those that klp's core alone prints. Files are named without a directory. Blank lines mean nothing.
//!
//! Transcripts are written for the kernel's own core; [`Transcript::on_klp`] is the same one for
//! klp's.

mod compare;
mod cores;
mod noise;
mod parse;

pub use compare::{Mismatch, compare};
pub use parse::TranscriptError;

use super::Scenario;

/// A transcript that has been read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transcript {
    /// Its steps, in order; never empty.
    pub steps: Vec<TranscriptStep>,
}

/// One step and what it is expected to print.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TranscriptStep {
    /// The command line.
    pub command: String,
    /// Whether the next step waits until every transition is over.
    pub settles: bool,
    /// The lines that follow.
    pub lines: Vec<TranscriptLine>,
}

/// One expected line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TranscriptLine {
    /// When it comes.
    pub when: When,
    /// The text.
    pub text: String,
}

/// When an expected line comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Always.
    Always,
    /// When the live-patching core is debugged.
    Debugged,
    /// When the core is klp's.
    OnKlp,
}

impl Transcript {
    /// Reads a transcript.
    pub fn parse(text: &str) -> Result<Self, TranscriptError> {
        parse::parse(text)
    }

    /// The scenario that should print this transcript.
    pub fn scenario(&self) -> Scenario {
        self.steps.iter().fold(Scenario::new(), |scenario, step| {
            let scenario = scenario.step(&step.command);
            if step.settles {
                scenario.quiet("settle")
            } else {
                scenario
            }
        })
    }
}
