// SPDX-License-Identifier: GPL-2.0-only
//! What must hold, by a model of its own: which version each call may see, which callback may run,
//! and who may still be where.
//!
//! A *universe* is a list of enabled patches; it says where each function's calls go. Outside
//! transitions there is one. In a transition there are two, and each task is to move from one to
//! the other at a moment when it cannot notice: when it leaves the kernel, or while it is off the
//! CPU with none of the functions on its stack that differ.

use crate::catalog::Catalog;
use crate::task::{Frame, Mode, Task};
use klp_runtime::Target;
use klp_runtime::contract::CallbackKind;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};

/// The patches of a universe, by number, in the order in which they were enabled.
type Universe = Vec<usize>;

/// What is known of a task in a transition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Seen {
    /// Whether all that it called since it could last have switched fits the universe without the
    /// patch, and the one with it.
    fits: [bool; 2],
    /// Whether it has been seen in the universe that the transition leads to.
    arrived: bool,
}

/// How far the callbacks of an object of a patch are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Pair {
    /// pre_patch ran.
    Prepared,
    /// post_patch ran, too.
    Posted,
}

/// The transition under way.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Transition {
    patch: usize,
    /// The universes without and with the patch.
    universes: [Universe; 2],
    target: usize,
    forced: bool,
}

/// The model.
#[derive(Clone, Debug, Default, Hash)]
pub struct Oracle {
    universe: Universe,
    transition: Option<Transition>,
    seen: BTreeMap<usize, Seen>,
    pairs: BTreeMap<(usize, &'static str), Pair>,
    /// Patches that were forced away, whose code tasks may be in for ever.
    forced: Vec<usize>,
    /// Tasks that were forced to switch in the middle of something, and have not left it yet.
    /// Nothing is promised for them.
    stale: BTreeSet<usize>,
    /// What did not hold, first of all.
    violation: Option<String>,
}

impl Oracle {
    /// That of a kernel without patches.
    pub const fn new() -> Self {
        Self {
            universe: Vec::new(),
            transition: None,
            seen: BTreeMap::new(),
            pairs: BTreeMap::new(),
            forced: Vec::new(),
            stale: BTreeSet::new(),
            violation: None,
        }
    }

    /// What did not hold, if anything.
    pub fn violation(&self) -> Option<&str> {
        self.violation.as_deref()
    }

    /// Says that something does not hold.
    pub fn violated(&mut self, what: String) {
        self.violation.get_or_insert(what);
    }

    fn check(&mut self, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            self.violated(what());
        }
    }

    /// The enabled patches, when there is no transition.
    pub fn settled(&self) -> Option<&[usize]> {
        self.transition.is_none().then_some(&self.universe)
    }

    /// Whether a transition away from a patch was forced.
    pub fn is_forced(&self, patch: usize) -> bool {
        self.forced.contains(&patch)
    }

    /// Whether a patch knows all states of those enabled that it has to know, as well as they do.
    pub fn is_compatible(&self, catalog: &Catalog, patch: usize) -> bool {
        let plan = &catalog.plans[patch];
        let enabled = self.universe.iter().map(|older| &catalog.plans[*older]);
        enabled.flat_map(|older| older.states).all(|(id, version)| {
            match plan.states.iter().find(|(known, _)| known == id) {
                Some((_, known)) => known >= version,
                None => !plan.replace,
            }
        })
    }

    /// A patch is about to be enabled.
    pub fn enabling(&mut self, catalog: &Catalog, patch: usize, tasks: &[Task]) {
        let with = match catalog.plans[patch].replace {
            true => vec![patch],
            false => [&self.universe[..], &[patch]].concat(),
        };
        self.begin(catalog, patch, [self.universe.clone(), with], 1, tasks);
    }

    /// A patch is about to be disabled.
    pub fn disabling(&mut self, catalog: &Catalog, patch: usize, tasks: &[Task]) {
        let without = self
            .universe
            .iter()
            .copied()
            .filter(|other| *other != patch)
            .collect();
        self.begin(catalog, patch, [without, self.universe.clone()], 0, tasks);
    }

    fn begin(
        &mut self,
        catalog: &Catalog,
        patch: usize,
        universes: [Universe; 2],
        target: usize,
        tasks: &[Task],
    ) {
        self.transition = Some(Transition {
            patch,
            universes,
            target,
            forced: false,
        });
        self.seen.clear();
        for task in tasks {
            let mut fits = [true; 2];
            // Whatever a task called before fits where it comes from, and nowhere else.
            fits[target] = self.may_switch(catalog, task);
            let arrived = false;
            self.seen.insert(task.pid, Seen { fits, arrived });
        }
    }

    /// The operation is over that began a transition, or was refused before it did.
    pub fn operation_over(&mut self, idle: bool, refused: bool) {
        match (&self.transition, idle) {
            (Some(_), true) if refused => self.transition = None,
            (Some(_), true) => self.violated("a transition is over that did not complete".into()),
            (None, false) => self.violated("a transition goes on that did complete".into()),
            _ => {}
        }
    }

    /// The transition turns round.
    pub fn reversing(&mut self, catalog: &Catalog, tasks: &[Task]) {
        let Some(transition) = &mut self.transition else {
            return;
        };
        transition.target = 1 - transition.target;
        self.seen.values_mut().for_each(|seen| seen.arrived = false);
        tasks.iter().for_each(|task| self.rest(catalog, task));
    }

    /// All tasks are made to switch.
    pub fn forcing(&mut self, catalog: &Catalog) {
        let Some(transition) = &mut self.transition else {
            return;
        };
        transition.forced = true;
        let [without, with] = &transition.universes;
        match transition.target {
            0 => self.forced.push(transition.patch),
            _ if catalog.plans[transition.patch].replace => {
                self.forced
                    .extend(without.iter().filter(|patch| !with.contains(patch)));
            }
            _ => {}
        }
    }

    /// The core says that all tasks have switched.
    pub fn completing(&mut self, catalog: &Catalog, target: Target, tasks: &[Task]) {
        let Some(transition) = self.transition.take() else {
            return self.violated("a transition completes that is not under way".into());
        };
        let [without, with] = transition.universes;
        let (universe, old) = match target {
            Target::Unpatched => (without, with),
            Target::Patched => (with, without),
        };
        if transition.forced {
            let busy = tasks.iter().filter(|task| !task.stack.is_empty());
            self.stale.extend(busy.map(|task| task.pid));
        }
        let stale = self.stale.clone();
        for task in tasks.iter().filter(|task| !stale.contains(&task.pid)) {
            for start in task.functions() {
                let function = function_at(catalog, start);
                let outdated = start == resolve(catalog, &old, function)
                    && start != resolve(catalog, &universe, function);
                self.check(!outdated, || {
                    format!("task {} is in {start:#x} when all have switched", task.pid)
                });
            }
        }
        self.universe = universe;
        self.seen.clear();
    }

    /// A task calls a function, and is sent to `start`.
    pub fn call(&mut self, catalog: &Catalog, task: &Task, function: usize, start: usize) {
        let pid = task.pid;
        let Some(transition) = &self.transition else {
            let expected = resolve(catalog, &self.universe, function);
            return self.check(start == expected, || {
                format!("task {pid} is sent to {start:#x} in place of {expected:#x}")
            });
        };
        if transition.forced || self.stale.contains(&pid) {
            return;
        }
        let target = transition.target;
        let now = transition.universes.each_ref();
        let now = now.map(|universe| start == resolve(catalog, universe, function));
        let seen = self.seen.entry(pid).or_insert(Seen {
            fits: [true; 2],
            arrived: false,
        });
        seen.fits = [seen.fits[0] && now[0], seen.fits[1] && now[1]];
        let back = seen.arrived && !seen.fits[target];
        seen.arrived |= !seen.fits[1 - target];
        let fits = seen.fits;
        self.check(fits != [false; 2], || {
            format!("task {pid} is sent to {start:#x}, another version than before")
        });
        self.check(!back, || {
            format!("task {pid} is sent to {start:#x}, back to the old version")
        });
    }

    /// A task has come to rest: it may have been switched, if nothing on its stack forbids that.
    pub fn rest(&mut self, catalog: &Catalog, task: &Task) {
        let resting = !task.running || task.mode == Mode::Outside;
        if resting && task.calls(catalog).next().is_none() {
            self.stale.remove(&task.pid);
        }
        let (Some(transition), true) = (&self.transition, self.may_switch(catalog, task)) else {
            return;
        };
        let target = transition.target;
        if let Some(seen) = self.seen.get_mut(&task.pid) {
            seen.fits = [true; 2];
            // Who has arrived stays.
            seen.fits[1 - target] = !seen.arrived;
        }
    }

    /// A task comes to be, as a copy of its parent; it has not called anything.
    pub fn fork(&mut self, parent: usize, child: usize) {
        if let Some(seen) = self.seen.get(&parent).copied() {
            // Where its parent is by now, the child goes on, or later.
            self.seen.insert(
                child,
                Seen {
                    fits: [true; 2],
                    ..seen
                },
            );
            if let Some(transition) = &self.transition
                && seen.arrived
            {
                let target = transition.target;
                self.seen
                    .entry(child)
                    .and_modify(|seen| seen.fits[1 - target] = false);
            }
        }
    }

    fn may_switch(&self, catalog: &Catalog, task: &Task) -> bool {
        if task.mode == Mode::Outside && task.stack.is_empty() {
            return true;
        }
        !task.running && !task.stack.iter().any(|frame| self.differs(catalog, frame))
    }

    /// Whether the universes have other versions of what is on the stack.
    fn differs(&self, catalog: &Catalog, frame: &Frame) -> bool {
        let Some(transition) = &self.transition else {
            return false;
        };
        let function = match frame {
            Frame::Base(..) => return false,
            Frame::Entry(function, _) => *function,
            Frame::Body(start, ..) => function_at(catalog, *start),
        };
        let [without, with] = transition.universes.each_ref();
        resolve(catalog, without, function) != resolve(catalog, with, function)
    }

    /// A callback runs, and succeeds or not.
    pub fn callback(
        &mut self,
        patch: usize,
        object: &'static str,
        kind: CallbackKind,
        succeeds: bool,
    ) {
        let key = (patch, object);
        let before = self.pairs.get(&key).copied();
        let (due, after) = match (kind, before) {
            (CallbackKind::PrePatch, None) => (true, succeeds.then_some(Pair::Prepared)),
            (CallbackKind::PostPatch, Some(Pair::Prepared)) => (true, Some(Pair::Posted)),
            (CallbackKind::PreUnpatch, Some(Pair::Posted)) => (true, Some(Pair::Prepared)),
            (CallbackKind::PostUnpatch, Some(Pair::Prepared)) => (true, None),
            _ => (false, before),
        };
        self.check(due, || {
            format!("{kind:?} of {object} in patch {patch} after {before:?}")
        });
        match after {
            Some(pair) => self.pairs.insert(key, pair),
            None => self.pairs.remove(&key),
        };
    }

    /// A patch's module may go.
    pub fn release(&mut self, catalog: &Catalog, patch: usize, forced: bool, tasks: &[Task]) {
        let may_stay = self.forced.contains(&patch);
        self.check(forced == may_stay, || {
            format!("patch {patch} is released with forced = {forced}")
        });
        let inside = |task: &&Task| {
            task.functions()
                .any(|at| catalog.patch_at(at) == Some(patch))
        };
        let inside = tasks.iter().find(inside).map(|task| task.pid);
        self.check(forced || inside.is_none(), || {
            format!("patch {patch} is released with task {inside:?} in it")
        });
        self.check(!self.universe.contains(&patch), || {
            format!("patch {patch} is released while it is enabled")
        });
        let replaced = self
            .universe
            .iter()
            .any(|other| catalog.plans[*other].replace);
        let open = self.pairs.keys().any(|(of, _)| *of == patch);
        let due = self.pairs();
        self.check(replaced || !open, || {
            format!("patch {patch} is released with callbacks due: {due}")
        });
        // Those of a replaced patch are not run.
        self.pairs.retain(|(of, _), _| *of != patch);
    }

    /// Where calls of a function must go, when there is no transition.
    pub fn expected(&self, catalog: &Catalog, function: usize) -> Option<usize> {
        let universe = self.settled()?;
        Some(resolve(catalog, universe, function))
    }

    /// Hashes what it knows of a task.
    pub(crate) fn hash_task(&self, pid: usize, state: &mut impl Hasher) {
        (self.seen.get(&pid), self.stale.contains(&pid)).hash(state);
    }

    /// Hashes all that it knows but of tasks.
    pub(crate) fn hash_rest(&self, state: &mut impl Hasher) {
        let Self {
            universe,
            transition,
            seen: _,
            pairs,
            forced,
            stale: _,
            violation,
        } = self;
        (universe, transition, pairs, forced, violation).hash(state);
    }

    /// The callbacks that are to be paired still, to be compared.
    pub fn pairs(&self) -> String {
        format!("{:?}", self.pairs)
    }
}

fn function_at(catalog: &Catalog, start: usize) -> usize {
    catalog.function_at(start).unwrap_or_default()
}

/// Where calls of a function go in a universe.
fn resolve(catalog: &Catalog, universe: &[usize], function: usize) -> usize {
    let object = catalog.functions[function].object;
    let has = |patch: &&usize| {
        let mut objects = catalog.plans[**patch].objects.iter();
        objects.any(|(name, functions)| *name == object && functions.contains(&function))
    };
    match universe.iter().rev().find(has) {
        Some(patch) => catalog.new_func(*patch, function).start,
        None => catalog.old(function).code.start,
    }
}
