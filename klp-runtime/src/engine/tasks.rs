// SPDX-License-Identifier: GPL-2.0-only
//! Tasks switch (`kernel/livepatch/transition.c`).

use super::{Engine, Transition};
use crate::line::Line;
use crate::transition::{Event, Forbidden, Next, Overdue, Pace, Phase, Reason, Target, nudge};
use crate::{Error, PatchState, Platform};

/// What transitions have cost (sysfs `stats`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Transitions that are over.
    pub transitions: u64,
    /// Looks at all tasks, of the last transition.
    pub passes: u64,
    /// Tasks that were helped along, of the last transition.
    pub nudges: u64,
    /// When the last transition started, by the platform's clock.
    pub started: u64,
    /// Nanoseconds from the start of the last transition until all tasks had switched.
    pub duration: u64,
}

/// One look at all tasks.
#[derive(Default)]
struct Pass {
    blocked: usize,
    nudges: u64,
}

impl<P: Platform> Engine<P> {
    /// What transitions have cost.
    pub const fn stats(&self) -> Stats {
        self.stats
    }

    /// Prepares all tasks and the functions of the patch on top: none may switch yet.
    pub(super) fn init(&mut self, target: Target, transition: Transition<P>) -> Result<(), Error> {
        self.step(Event::Init(target))?;
        self.transition = Some(transition);
        let line = Line::Initializing(self.top_name(), target);
        self.platform.log(&line);
        // All states come before the first mark, which is a release: a handler that sees a mark
        // sees no state that is undefined.
        self.set_states(target.reversed().state());
        self.mark(true);
        Ok(())
    }

    /// Lets tasks switch, and looks at all of them.
    pub(super) fn start(&mut self, target: Target) -> Result<(), Error> {
        let line = Line::Starting(self.top_name(), target);
        self.platform.log(&line);
        self.forbid(target)?;
        if self.phase != Phase::Running(target) {
            self.step(Event::Start)?;
        }
        let started = self.platform.now();
        if let Some(transition) = &mut self.transition {
            transition.pace = Pace::start(self.policy, started);
        }
        self.stats = Stats {
            transitions: self.stats.transitions,
            started,
            ..Stats::default()
        };
        if let Some(patch) = self.patches.last_mut() {
            patch.enabled = target == Target::Patched;
        }
        let platform = &self.platform;
        self.for_each(&mut |task| {
            if platform.state(task) != target.state() {
                platform.set_pending(task, true);
            }
        });
        self.retry()
    }

    /// Turns the transition round.
    pub(super) fn reverse(&mut self) -> Result<(), Error> {
        let Phase::Running(from) = self.phase else {
            return Err(Error::NotInTransition);
        };
        let target = from.reversed();
        self.platform.set_target(target.state())?;
        self.step(Event::Reverse)?;
        let line = Line::Reversing(self.top_name(), from);
        self.platform.log(&line);
        // Nobody may be on the way to the old target when the flags are set again.
        let platform = &self.platform;
        self.for_each(&mut |task| platform.set_pending(task, false));
        self.platform.synchronize();
        self.start(target)
    }

    /// Looks at the tasks that have yet to switch, and ends the transition if all have. Without a
    /// transition it lets calls of one function more go the cheapest way.
    ///
    /// # Errors
    /// None that is not a mistake in the engine itself.
    pub fn retry(&mut self) -> Result<(), Error> {
        let Phase::Running(target) = self.phase else {
            // One at a time: it takes long, and others may be waiting for the engine.
            if self.sites.settle(&self.platform) {
                self.platform.retry_after(0);
            }
            return Ok(());
        };
        let pass = self.pass(target);
        self.stats.passes += 1;
        self.stats.nudges += pass.nudges;
        if pass.blocked == 0 {
            self.step(Event::Complete)?;
            self.stats.duration = self.platform.now().saturating_sub(self.stats.started);
            return self.finish(target);
        }
        self.wait(target, pass.blocked)
    }

    /// Has the transition looked at again, and sees to one that is overdue.
    fn wait(&mut self, target: Target, blocked: usize) -> Result<(), Error> {
        let now = self.platform.now();
        let Some(transition) = &mut self.transition else {
            return Ok(());
        };
        let overdue = transition.pace.overdue();
        match transition.pace.next(now) {
            Next::Retry(after) => self.platform.retry_after(after),
            Next::Overdue(after) => {
                self.report(blocked);
                if overdue == Overdue::Reverse && target == Target::Patched {
                    return self.reverse();
                }
                self.platform.retry_after(after);
            }
        }
        Ok(())
    }

    fn report(&self, blocking: usize) {
        let patch = self.top_name();
        self.platform.log(&Line::Overdue { patch, blocking });
        self.blocking(&mut |task, reason| {
            self.platform.log(&Line::Blocked {
                task: &task,
                reason,
            });
        });
    }

    /// Visits the tasks that hold the transition up, with the reasons why they do now. `visit` may
    /// not sleep.
    pub fn blocking(&self, visit: &mut dyn FnMut(P::Task, Reason<'_>)) {
        let (Phase::Running(target), Some(transition)) = (self.phase, &self.transition) else {
            return;
        };
        let platform = &self.platform;
        self.for_each(&mut |task| {
            if platform.state(task) == target.state() {
                return;
            }
            let mut found = Ok(());
            platform.with_stack(task, &mut |stack| found = transition.forbidden.check(stack));
            if let Err(reason) = found {
                visit(task, reason);
            }
        });
    }

    /// Switches all tasks that can be, and helps the others along.
    fn pass(&self, target: Target) -> Pass {
        let mut pass = Pass::default();
        let Some(transition) = &self.transition else {
            return pass;
        };
        let platform = &self.platform;
        let mut look = |task| {
            let Err(reason) = try_switch(platform, &transition.forbidden, task, target) else {
                return;
            };
            pass.blocked += 1;
            if let Some(nudge) = nudge(platform.kind(task), reason) {
                pass.nudges += 1;
                platform.nudge(task, nudge);
            }
        };
        platform.for_each_task(&mut look);
        platform.for_each_idle_task(&mut |task, online| {
            if online {
                look(task);
            } else {
                switch(platform, task, target);
            }
        });
        pass
    }

    /// Switches all tasks, whatever they are doing.
    pub(super) fn switch_all(&self) {
        let Some(target) = self.phase.target() else {
            return;
        };
        let platform = &self.platform;
        self.for_each(&mut |task| switch(platform, task, target));
    }

    pub(super) fn set_states(&self, state: PatchState) {
        let platform = &self.platform;
        self.for_each(&mut |task| platform.set_state(task, state));
    }

    /// Marks the functions of the patch on top as being in transition, or not any more.
    pub(super) fn mark(&self, transition: bool) {
        let lives = self.patches.last().map(|patch| patch.lives());
        for (_, live) in lives.into_iter().flatten() {
            live.node.set_transition(transition);
            self.platform.breathe();
        }
    }

    /// Visits all tasks, idle ones included.
    fn for_each(&self, visit: &mut dyn FnMut(P::Task)) {
        self.platform.for_each_task(visit);
        self.platform.for_each_idle_task(&mut |task, _| visit(task));
    }
}

/// Switches a task if nothing on its stack forbids it.
fn try_switch<P: Platform>(
    platform: &P,
    forbidden: &Forbidden<P>,
    task: P::Task,
    target: Target,
) -> Result<(), Reason<'static>> {
    if platform.state(task) == target.state() {
        return Ok(());
    }
    let mut switched = Ok(());
    platform.with_stack(task, &mut |stack| {
        switched = forbidden.check(stack);
        if switched.is_ok() {
            switch(platform, task, target);
        }
    });
    switched
}

fn switch<P: Platform>(platform: &P, task: P::Task, target: Target) {
    platform.set_pending(task, false);
    platform.set_state(task, target.state());
}
