// SPDX-License-Identifier: GPL-2.0-only
//! How much happened in a run, or in many.

use klp_runtime::Line;
use std::iter::Sum;

/// How much happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// What tasks, CPUs and interrupts did.
    pub acts: u64,
    /// What an administrator or the timer did.
    pub operations: u64,
    /// Of these, what the engine refused.
    pub refused: u64,
    /// Transitions that came to their end.
    pub transitions: u64,
    /// Transitions that turned round.
    pub reversals: u64,
    /// Transitions that were forced.
    pub forced: u64,
}

impl Figures {
    pub(crate) fn printed(&mut self, line: &Line<'_>) {
        match line {
            Line::Complete(..) => self.transitions += 1,
            Line::Reversing(..) => self.reversals += 1,
            Line::Forcing => self.forced += 1,
            _ => {}
        }
    }
}

impl Sum for Figures {
    fn sum<I: Iterator<Item = Self>>(figures: I) -> Self {
        figures.fold(Self::default(), |all, one| Self {
            acts: all.acts + one.acts,
            operations: all.operations + one.operations,
            refused: all.refused + one.refused,
            transitions: all.transitions + one.transitions,
            reversals: all.reversals + one.reversals,
            forced: all.forced + one.forced,
        })
    }
}
