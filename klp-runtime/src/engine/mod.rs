// SPDX-License-Identifier: GPL-2.0-only
//! The live-patching core (`kernel/livepatch`), over a [`Platform`].
//!
//! - [`enable`], [`disable`]: a patch comes and goes;
//! - [`tasks`]: tasks switch;
//! - [`complete`]: all have switched;
//! - [`objects`]: objects are patched and unpatched;
//! - [`modules`]: patched modules come and go;
//! - [`replace`]: a cumulative patch takes the place of all others.

mod complete;
mod disable;
mod enable;
mod modules;
mod objects;
mod replace;
mod tasks;

use crate::memory::{Boxed, List};
use crate::patch::Patch;
use crate::site::Sites;
use crate::transition::{Event, Forbidden, Pace, Phase, Policy, Target};
use crate::{Error, Platform};

pub use tasks::Stats;

/// The live-patching core.
///
/// Its methods are called under one lock, which the platform has; callbacks run under it.
///
/// # Invariants
/// `patches` are those enabled or in transition, in the order in which they were enabled. The one
/// in transition, if any, is the last.
pub struct Engine<P: Platform> {
    platform: P,
    policy: Policy,
    patches: List<Boxed<Patch<P>, P>, P>,
    sites: Sites<P>,
    phase: Phase,
    transition: Option<Transition<P>>,
    stats: Stats,
}

/// What a transition has to know.
struct Transition<P: Platform> {
    forbidden: Forbidden<P>,
    pace: Pace,
}

impl<P: Platform> Engine<P> {
    /// A core without patches.
    pub fn new(platform: P, policy: Policy) -> Self {
        Self {
            patches: List::new(platform.clone()),
            sites: Sites::new(platform.clone()),
            phase: Phase::Idle,
            transition: None,
            stats: Stats::default(),
            platform,
            policy,
        }
    }

    /// The patches that are enabled or in transition, in the order in which they were enabled
    /// (sysfs `stack_order`).
    pub fn patches(&self) -> impl ExactSizeIterator<Item = &Patch<P>> {
        self.patches.iter().map(|patch| &**patch)
    }

    /// The patch of this name, if it is enabled or in transition.
    pub fn patch(&self, name: &str) -> Option<&Patch<P>> {
        self.patches().find(|patch| patch.name() == name)
    }

    /// How far the transition under way is.
    pub const fn phase(&self) -> Phase {
        self.phase
    }

    /// The patch in transition (sysfs `transition`).
    pub fn in_transition(&self) -> Option<&Patch<P>> {
        match self.phase {
            Phase::Idle => None,
            _ => self.patches.last().map(|patch| &**patch),
        }
    }

    /// The platform.
    pub const fn platform(&self) -> &P {
        &self.platform
    }

    /// Makes handlers choose for all calls, and lets calls go the cheapest way again, soon: for when
    /// that has become another, because others redirect calls as well.
    ///
    /// # Errors
    /// Those of [`Platform::attach_handler`] and [`Platform::detach_direct`]. All calls go where they
    /// went, some by another route.
    pub fn reroute(&mut self) -> Result<(), Error> {
        let opened = self.sites.open_every(&self.platform);
        self.platform.retry_after(0);
        opened
    }

    /// Whether `patch` is the one in transition.
    fn is_in_transition(&self, index: usize) -> bool {
        self.phase != Phase::Idle && index + 1 == self.patches.len()
    }

    fn step(&mut self, event: Event) -> Result<(), Error> {
        self.phase = self.phase.next(event)?;
        Ok(())
    }

    /// The name of the patch in transition, for the log.
    fn top_name(&self) -> &'static str {
        self.patches.last().map_or("", |patch| patch.name())
    }

    /// Forbids what tasks have to leave before they switch, after the target or the patched
    /// objects have changed.
    fn forbid(&mut self, target: Target) -> Result<(), Error> {
        match (&mut self.transition, self.patches.last()) {
            (Some(transition), Some(patch)) => transition.forbidden.set(patch, &self.sites, target),
            _ => Ok(()),
        }
    }
}
