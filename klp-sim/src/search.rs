// SPDX-License-Identifier: GPL-2.0-only
//! A search through all runs of a small case.
//!
//! # How
//! Between two calls of the engine's, other CPUs can do anything or nothing. So at each such point
//! the search gathers all kernels that can be reached there, and the engine goes on in all of them
//! at once, as long as they look the same to it. Where they do not, the run goes on with those that
//! look like the first, and the others wait for a run of their own: a fresh engine, which is brought
//! to the same point by doing what was done in one of them.
//!
//! A kernel that was at the same point before, with the engine knowing the same, is not gone
//! through again: what can follow has been seen, or waits. That is known by a digest of 64 bits.
//!
//! # Why nothing is left out
//! A digest has all that what follows depends on:
//! - the tasks, CPUs, and who is waited for, in the kernel and in the [oracle](crate::oracle);
//! - the sites, with the chain of nodes of each;
//! - the engine's public state and the place in the script, when an operation begins, and from then
//!   on what the engine has [learned](Search::learned), and how often it let others go on.
//!
//! Time is not in it, as no run has a deadline. Three things make equal what is not the same, and
//! an [exact](Found::exact) search does without the first two:
//! - After a visit of a task the engine remembers at most that it holds the transition up. So what
//!   counts of the tasks visited before is how many do.
//! - Tasks of one kind have one program. So those that have been visited may be exchanged, and those
//!   that have not.
//! - Where the engine learned nothing and did nothing since the last point, others have done all
//!   that they can there.

use crate::digest::{self, Order};
use crate::machine::Op;
use crate::task::Task;
use crate::world::{Act, World};
use crate::worlds::Path;
use foldhash::HashSet;
use std::cell::RefCell;
use std::hash::Hash;
use std::mem;
use std::panic::resume_unwind;
use std::rc::Rc;

/// Something that happens in a run.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Event {
    /// A CPU goes on.
    Act(Act),
    /// An operation begins.
    Op(Op),
    /// All is brought to its end.
    End,
}

/// One step on the way to a kernel.
pub(crate) struct Step {
    pub before: Path,
    /// Where: how often others could go on before.
    pub point: u32,
    pub event: Event,
}

/// Kernels that wait for a run to go on with them.
pub(crate) struct Job {
    pub worlds: Vec<World>,
    /// Where: how often kernels could part before.
    pub fork: u64,
}

/// What ends a run in the middle: nothing new can follow, or something did not hold.
pub(crate) struct Over;

/// How much was gone through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Kernels, each with where the engine is.
    pub states: u64,
    /// Steps of other CPUs from one to another.
    pub edges: u64,
    /// Runs of the engine.
    pub runs: u64,
}

/// A run in which something did not hold.
#[derive(Clone)]
pub(crate) struct Found {
    pub violation: String,
    pub path: Path,
    pub log: Vec<String>,
}

/// What the runs of a search share.
#[derive(Default)]
pub(crate) struct Shared {
    seen: HashSet<u64>,
    /// What the kernels were that have been reached, wherever the engine was.
    pub reached: Option<HashSet<u64>>,
    pub jobs: Vec<Job>,
    pub figures: Figures,
    pub found: Option<Found>,
    /// Whether nothing is held to be equal that is not the same.
    pub exact: bool,
}

/// A visit of all tasks.
#[derive(Default)]
struct Visit {
    /// What the engine knew before.
    start: u64,
    /// The task that is visited.
    at: Option<usize>,
    /// How many were found that cannot switch.
    blocked: u64,
    looks: bool,
}

/// One run of a search.
pub(crate) struct Search {
    shared: Rc<RefCell<Shared>>,
    /// How often others could go on.
    pub points: u32,
    /// How often kernels could part.
    pub forks: u64,
    /// Whether the engine has done or learned anything since.
    pub changed: bool,
    /// What the sites were then.
    pub sites: u64,
    /// What the engine knows.
    known: u64,
    /// Whether others go on by themselves no more.
    pub calm: bool,
    visit: Visit,
    /// What is to be done first, the next step last.
    route: Vec<(u32, Event)>,
    mode: Mode,
}

/// What a run is for.
enum Mode {
    /// To go through all that is new.
    All,
    /// To bring the engine to where these are.
    Replay(Job),
    /// To tell what happens on the way.
    Trace,
}

impl Search {
    fn new(shared: &Rc<RefCell<Shared>>, path: &Path, mode: Mode) -> Self {
        shared.borrow_mut().figures.runs += 1;
        Self {
            shared: shared.clone(),
            points: 0,
            forks: 0,
            changed: true,
            sites: 0,
            known: 0,
            calm: false,
            visit: Visit::default(),
            route: route(path),
            mode,
        }
    }

    /// The first run.
    pub fn first(shared: &Rc<RefCell<Shared>>) -> Self {
        Self::new(shared, &None, Mode::All)
    }

    /// A run that goes on with what waits.
    pub fn resume(shared: &Rc<RefCell<Shared>>, job: Job) -> Self {
        let path = job.worlds.first().and_then(|world| world.path.clone());
        Self::new(shared, &path, Mode::Replay(job))
    }

    /// A run that tells how it came to this.
    pub fn trace(shared: &Rc<RefCell<Shared>>, path: &Path) -> Self {
        Self::new(shared, path, Mode::Trace)
    }

    /// Whether what happens is known.
    pub const fn is_replaying(&self) -> bool {
        !matches!(self.mode, Mode::All)
    }

    /// The engine is told something. What it is told of a task while it visits it shows in what it
    /// does next.
    pub fn told(&mut self, what: &impl Hash) {
        if self.shared.borrow().exact || self.visit.at.is_none() {
            self.does(what);
        }
    }

    /// The engine does something.
    pub fn does(&mut self, what: &impl Hash) {
        self.known = digest::of(&(self.known, what));
    }

    /// An operation is about to begin; all that the engine knows is this.
    pub fn forget_all_but(&mut self, what: &impl Hash) {
        self.known = digest::of(what);
        self.changed = true;
    }

    /// The engine begins to visit tasks.
    pub fn visit(&mut self) {
        self.visit = Visit {
            start: self.known,
            ..Visit::default()
        };
    }

    /// The engine visits a task next, or none.
    pub fn visits(&mut self, pid: Option<usize>) {
        self.visit.at = pid;
        if !self.shared.borrow().exact {
            self.known = digest::of(&(self.visit.start, pid, self.visit.blocked));
        }
    }

    /// The engine looks at a stack.
    pub fn looks(&mut self, looks: bool) {
        self.does(&looks);
        self.visit.blocked += u64::from(looks);
        self.visit.looks = looks;
    }

    /// The engine switches a task.
    pub fn switches(&mut self) {
        self.visit.blocked -= u64::from(mem::take(&mut self.visit.looks));
    }


    /// Does what is known to happen at this point.
    pub fn replay(&mut self, world: &mut World) {
        while let Some((point, Event::Act(act))) = self.route.last().copied()
            && point == self.points
        {
            self.route.pop();
            world.act(act);
            self.check(world);
        }
        world.waiting.clear();
    }

    /// What is known to be done next.
    pub fn next_event(&mut self) -> Option<Event> {
        let (_, event) = self.route.pop()?;
        Some(event)
    }

    /// Goes on with those that wait here, if they do.
    pub fn splice(&mut self, here: &mut Vec<World>) {
        let Mode::Replay(job) = &mut self.mode else {
            return;
        };
        if job.fork != self.forks {
            return;
        }
        let replayed = mem::replace(here, mem::take(&mut job.worlds));
        for world in here {
            // The engine of this run has its stacks elsewhere.
            world.sites.clone_from(&replayed[0].sites);
        }
        self.mode = Mode::All;
        self.changed = true;
    }

    /// Others go on in all ways; leaves what is new and need not wait.
    pub fn close(&mut self, here: &mut Vec<World>, waits: &dyn Fn(&Task) -> bool) {
        let mut open = mem::take(here);
        open.retain(|world| self.is_new(world));
        open.iter().for_each(|world| self.check(world));
        while let Some(world) = open.pop() {
            for act in world.acts() {
                let mut next = world.clone();
                next.act(act);
                let World { waiting, tasks, .. } = &mut next;
                waiting.retain(|pid| tasks.iter().any(|task| task.pid == *pid && waits(task)));
                self.shared.borrow_mut().figures.edges += 1;
                if self.is_new(&next) {
                    next.goes(self.points, Event::Act(act));
                    self.check(&next);
                    open.push(next);
                }
            }
            if world.waiting.is_empty() {
                here.push(world);
            }
        }
        if here.is_empty() {
            resume_unwind(Box::new(Over));
        }
    }

    fn is_new(&self, world: &World) -> bool {
        let digest = self.digest(world);
        let mut shared = self.shared.borrow_mut();
        let new = shared.seen.insert(digest);
        shared.figures.states += u64::from(new);
        if let (true, Some(reached)) = (new, &mut shared.reached) {
            reached.insert(digest::of(&(self.sites, digest::world(world, Order::Any))));
        }
        new
    }

    /// All that what follows depends on.
    pub fn digest(&self, world: &World) -> u64 {
        let order = match (self.shared.borrow().exact, self.visit.at) {
            (true, _) => Order::Kept,
            (_, Some(pid)) => Order::Around(pid),
            (_, None) => Order::Any,
        };
        digest::of(&(self.known, digest::world(world, order)))
    }

    /// Leaves kernels to other runs.
    pub fn add(&self, jobs: impl Iterator<Item = Job>) {
        self.shared.borrow_mut().jobs.extend(jobs);
    }

    /// Ends the search if something does not hold.
    pub fn check(&self, world: &World) {
        let Some(violation) = world.oracle.violation() else {
            return;
        };
        self.shared.borrow_mut().found = Some(Found {
            violation: violation.to_owned(),
            path: world.path.clone(),
            log: world.log.clone().unwrap_or_default(),
        });
        resume_unwind(Box::new(Over));
    }
}

/// The steps of a path, the first one last.
fn route(path: &Path) -> Vec<(u32, Event)> {
    let steps = std::iter::successors(path.as_deref(), |step| step.before.as_deref());
    steps.map(|step| (step.point, step.event)).collect()
}
