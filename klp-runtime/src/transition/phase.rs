// SPDX-License-Identifier: GPL-2.0-only
//! The state machine of a transition.
//!
//! | phase | init | start | cancel | reverse | force | complete | finish |
//! |---|---|---|---|---|---|---|---|
//! | idle | prepared(t) | – | – | – | – | – | – |
//! | prepared(t) | – | running(t) | ending(unpatched) ¹ | – | – | – | – |
//! | running(t) | – | – | – | running(other) | running(t) | ending(t) | – |
//! | ending(t) | – | – | – | – | – | – | idle |
//!
//! ¹ only of a patching transition: what is being unpatched cannot fail.
//!
//! – means refused: init with [`Error::InTransition`], since only one transition can be under way,
//! all others with [`Error::NotInTransition`].

use crate::{Error, PatchState};
use core::fmt;

/// Where a transition leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// Away from the patch: disabling it.
    Unpatched,
    /// To the patch: enabling it.
    Patched,
}

/// How far a transition is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// None is under way.
    Idle,
    /// Tasks have their initial state, and calls of functions go by it; none may switch yet.
    Prepared(Target),
    /// Tasks switch.
    Running(Target),
    /// All tasks have switched; what was in transition is put in order.
    Ending(Target),
}

/// What happens to a transition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// It begins.
    Init(Target),
    /// Tasks may switch.
    Start,
    /// It is given up before tasks could switch.
    Cancel,
    /// It turns round.
    Reverse,
    /// All tasks are made to switch, whatever they are doing.
    Force,
    /// All tasks have switched.
    Complete,
    /// All is in order.
    Finish,
}

impl Phase {
    /// The phase after an event: the table above.
    ///
    /// # Errors
    /// [`Error::InTransition`] or [`Error::NotInTransition`] where the table has none.
    pub fn next(self, event: Event) -> Result<Self, Error> {
        match (self, event) {
            (Self::Idle, Event::Init(target)) => Ok(Self::Prepared(target)),
            (Self::Prepared(target), Event::Start) => Ok(Self::Running(target)),
            (Self::Prepared(Target::Patched), Event::Cancel) => Ok(Self::Ending(Target::Unpatched)),
            (Self::Running(target), Event::Reverse) => Ok(Self::Running(target.reversed())),
            (Self::Running(target), Event::Force) => Ok(Self::Running(target)),
            (Self::Running(target), Event::Complete) => Ok(Self::Ending(target)),
            (Self::Ending(_), Event::Finish) => Ok(Self::Idle),
            (_, Event::Init(_)) => Err(Error::InTransition),
            _ => Err(Error::NotInTransition),
        }
    }

    /// Where the transition under way leads.
    pub const fn target(self) -> Option<Target> {
        match self {
            Self::Idle => None,
            Self::Prepared(target) | Self::Running(target) | Self::Ending(target) => Some(target),
        }
    }
}

impl Target {
    /// The other one.
    pub const fn reversed(self) -> Self {
        match self {
            Self::Unpatched => Self::Patched,
            Self::Patched => Self::Unpatched,
        }
    }

    /// The state of tasks that have switched.
    pub const fn state(self) -> PatchState {
        match self {
            Self::Unpatched => PatchState::Unpatched,
            Self::Patched => PatchState::Patched,
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unpatched => "unpatching",
            Self::Patched => "patching",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Target::{Patched, Unpatched};

    const PHASES: [Phase; 7] = [
        Phase::Idle,
        Phase::Prepared(Patched),
        Phase::Prepared(Unpatched),
        Phase::Running(Patched),
        Phase::Running(Unpatched),
        Phase::Ending(Patched),
        Phase::Ending(Unpatched),
    ];
    const EVENTS: [Event; 8] = [
        Event::Init(Patched),
        Event::Init(Unpatched),
        Event::Start,
        Event::Cancel,
        Event::Reverse,
        Event::Force,
        Event::Complete,
        Event::Finish,
    ];
    /// Every edge there is.
    const EDGES: [(Phase, Event, Phase); 13] = [
        (Phase::Idle, Event::Init(Patched), Phase::Prepared(Patched)),
        (
            Phase::Idle,
            Event::Init(Unpatched),
            Phase::Prepared(Unpatched),
        ),
        (
            Phase::Prepared(Patched),
            Event::Start,
            Phase::Running(Patched),
        ),
        (
            Phase::Prepared(Unpatched),
            Event::Start,
            Phase::Running(Unpatched),
        ),
        (
            Phase::Prepared(Patched),
            Event::Cancel,
            Phase::Ending(Unpatched),
        ),
        (
            Phase::Running(Patched),
            Event::Reverse,
            Phase::Running(Unpatched),
        ),
        (
            Phase::Running(Unpatched),
            Event::Reverse,
            Phase::Running(Patched),
        ),
        (
            Phase::Running(Patched),
            Event::Force,
            Phase::Running(Patched),
        ),
        (
            Phase::Running(Unpatched),
            Event::Force,
            Phase::Running(Unpatched),
        ),
        (
            Phase::Running(Patched),
            Event::Complete,
            Phase::Ending(Patched),
        ),
        (
            Phase::Running(Unpatched),
            Event::Complete,
            Phase::Ending(Unpatched),
        ),
        (Phase::Ending(Patched), Event::Finish, Phase::Idle),
        (Phase::Ending(Unpatched), Event::Finish, Phase::Idle),
    ];

    #[test]
    fn every_edge_leads_where_the_table_says() {
        for (phase, event, next) in EDGES {
            assert_eq!(phase.next(event), Ok(next), "{phase:?} {event:?}");
        }
    }

    #[test]
    fn every_other_event_is_refused() {
        for phase in PHASES {
            for event in EVENTS {
                if EDGES.iter().any(|edge| (edge.0, edge.1) == (phase, event)) {
                    continue;
                }
                let error = match event {
                    Event::Init(_) => Error::InTransition,
                    _ => Error::NotInTransition,
                };
                assert_eq!(phase.next(event), Err(error), "{phase:?} {event:?}");
            }
        }
    }
}
