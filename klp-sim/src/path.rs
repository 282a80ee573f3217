// SPDX-License-Identifier: GPL-2.0-only
//! How one of many kernels in a search came to be: a list that is shared as far as it is the same.

use crate::machine::Op;
use crate::world::Act;
use std::rc::Rc;

/// Something that happened.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// A CPU went on.
    Act(Act),
    /// An operation began.
    Op(Op),
    /// From here on everybody gets his turn, and all must come to its end.
    End,
    /// The engine printed a line.
    Line(Rc<str>),
}

/// What has happened, the last event first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Path(Option<Rc<Step>>);

#[derive(Debug)]
struct Step {
    event: Event,
    before: Path,
}

impl Path {
    /// Something happens next.
    pub fn push(&mut self, event: Event) {
        let before = Self(self.0.take());
        self.0 = Some(Rc::new(Step { event, before }));
    }

    /// All of it, to be read.
    pub fn lines(&self) -> Vec<String> {
        let steps = std::iter::successors(self.0.as_deref(), |step| step.before.0.as_deref());
        let mut lines: Vec<_> = steps.map(|step| step.event.to_string()).collect();
        lines.reverse();
        lines
    }
}

impl std::fmt::Display for Event {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Act(act) => write!(f, "  {act:?}"),
            Self::Op(op) => write!(f, "% {op:?}"),
            Self::End => f.write_str("% everybody gets his turn"),
            Self::Line(line) => f.write_str(line),
        }
    }
}
