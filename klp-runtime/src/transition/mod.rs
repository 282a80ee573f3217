// SPDX-License-Identifier: GPL-2.0-only
//! Transitions: the time in which tasks switch, one by one, to or from a patch.
//!
//! - [`phase`]: the state machine;
//! - [`check`]: which code may not be on a task's stack when it switches;
//! - [`strategy`]: when to look again, and whom to help along.

mod check;
mod phase;
mod strategy;

pub(crate) use check::Forbidden;
pub use check::{Place, Reason};
pub(crate) use phase::Event;
pub use phase::{Phase, Target};
pub(crate) use strategy::{Next, Pace, nudge};
pub use strategy::{Overdue, Policy};
