// SPDX-License-Identifier: GPL-2.0-only
//! When a transition looks at its tasks again, and whom it helps along.
//!
//! Most tasks switch at the first look, or by themselves when they leave the kernel. For the rest
//! the first retry comes soon and later ones ever less often, so that neither a short wait is made
//! long nor a long one costly. Helping a task along can disturb it: a signal ends some system calls
//! early (`EINTR`). So only those are signalled that sit in a patched function.

use super::Reason;
use crate::{Nudge, TaskKind};

/// How patient transitions are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Nanoseconds from the first look to the second.
    pub first_retry: u64,
    /// The most nanoseconds between two looks, to which the time doubles from look to look.
    pub longest_retry: u64,
    /// Nanoseconds after which a transition is overdue; `None` for never.
    pub deadline: Option<u64>,
    /// What happens then.
    pub overdue: Overdue,
}

/// What happens to a transition that is overdue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overdue {
    /// The log tells who holds it up and why, once.
    Report,
    /// As above, and an enabling is reversed.
    Reverse,
}

impl Default for Policy {
    /// A millisecond, then up to a tenth of a second; a report after a minute.
    fn default() -> Self {
        Self {
            first_retry: 1_000_000,
            longest_retry: 100_000_000,
            deadline: Some(60_000_000_000),
            overdue: Overdue::Report,
        }
    }
}

/// What to do after tasks were found that cannot switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Look again after so many nanoseconds.
    Retry(u64),
    /// The same, and it is overdue since this look.
    Overdue(u64),
}

/// The looks of one transition.
pub(crate) struct Pace {
    policy: Policy,
    started: u64,
    retry: u64,
    overdue: bool,
}

impl Pace {
    /// That of a transition which starts `now`.
    pub const fn start(policy: Policy, now: u64) -> Self {
        Self {
            policy,
            started: now,
            retry: policy.first_retry,
            overdue: false,
        }
    }

    /// What to do after a look at this time.
    pub fn next(&mut self, now: u64) -> Next {
        let retry = self.retry;
        self.retry = retry.saturating_mul(2).min(self.policy.longest_retry);
        let elapsed = now.saturating_sub(self.started);
        if self.overdue
            || self
                .policy
                .deadline
                .is_none_or(|deadline| elapsed < deadline)
        {
            return Next::Retry(retry);
        }
        self.overdue = true;
        Next::Overdue(retry)
    }

    /// What happens when it is overdue.
    pub const fn overdue(&self) -> Overdue {
        self.policy.overdue
    }
}

/// How to help a task along that cannot switch for this reason.
pub(crate) const fn nudge(kind: TaskKind, reason: Reason<'_>) -> Option<Nudge> {
    match (kind, reason) {
        (TaskKind::Idle, _) => Some(Nudge::WakeIdle),
        (TaskKind::User, Reason::Running) => Some(Nudge::Kick),
        (TaskKind::User, Reason::InFunction(_)) => Some(Nudge::Signal),
        (TaskKind::Kthread, Reason::InFunction(_)) => Some(Nudge::Wake),
        // A kernel thread has no kernel exit; its stack will be seen when it sleeps.
        (TaskKind::Kthread, Reason::Running) | (_, Reason::Unreliable) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transition::Place;

    fn pace(deadline: Option<u64>) -> Pace {
        let policy = Policy {
            first_retry: 1,
            longest_retry: 5,
            deadline,
            overdue: Overdue::Report,
        };
        Pace::start(policy, 100)
    }

    #[test]
    fn looks_come_ever_less_often_up_to_a_limit() {
        let mut pace = pace(None);
        let retries = [1, 2, 4, 5, 5].map(Next::Retry);
        assert_eq!([(); 5].map(|()| pace.next(u64::MAX)), retries);
    }

    #[test]
    fn it_is_overdue_once() {
        let mut pace = pace(Some(10));
        assert_eq!(pace.next(109), Next::Retry(1));
        assert_eq!(pace.next(110), Next::Overdue(2));
        assert_eq!(pace.next(111), Next::Retry(4));
    }

    #[test]
    fn only_who_sits_in_a_patched_function_is_signalled() {
        let inside = Reason::InFunction(Place {
            symbol: "f",
            offset: 5,
            depth: 1,
        });
        assert_eq!(nudge(TaskKind::User, inside), Some(Nudge::Signal));
        assert_eq!(nudge(TaskKind::User, Reason::Running), Some(Nudge::Kick));
        assert_eq!(nudge(TaskKind::User, Reason::Unreliable), None);
        assert_eq!(nudge(TaskKind::Kthread, inside), Some(Nudge::Wake));
        assert_eq!(nudge(TaskKind::Kthread, Reason::Running), None);
        assert_eq!(
            nudge(TaskKind::Idle, Reason::Running),
            Some(Nudge::WakeIdle)
        );
    }
}
