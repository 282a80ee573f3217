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

use crate::combined::{self, Combined};
use crate::digest::{self, Order};
use crate::machine::Op;
use crate::task::Task;
use crate::world::{Act, World};
use crate::worlds::{Part, Path};
use foldhash::HashSet;
use std::cell::RefCell;
use std::collections::BTreeMap;
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
    pub parts: Vec<Rc<Part>>,
    /// Where: how often kernels could part before.
    pub fork: u64,
}

/// What ends a run in the middle: nothing new can follow, or something did not hold.
pub(crate) struct Over;

/// How much was gone through.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Figures {
    /// What parts of kernels can be, each with where the engine is.
    pub states: u64,
    /// Steps of other CPUs from one to another.
    pub edges: u64,
    /// Where others could go on.
    pub points: u64,
    /// Kernels there, which are all combinations of what their parts can be.
    pub kernels: f64,
    /// Runs of the engine.
    pub runs: u64,
}

/// A run in which something did not hold.
#[derive(Clone)]
pub(crate) struct Found {
    pub violation: String,
    /// How each part came to be.
    pub paths: Vec<Path>,
    pub log: Vec<String>,
}

/// What the runs of a search share.
#[derive(Default)]
pub(crate) struct Shared {
    /// Worlds, with what the engine knows.
    seen: HashSet<u64>,
    combined: Combined,
    /// What tasks have been, and where their calls went.
    pub reached: Option<HashSet<u64>>,
    pub jobs: Vec<Job>,
    /// What waits to be joined, by how far the engine is and what it knows.
    arrived: BTreeMap<(Progress, u64), Vec<Job>>,
    pub figures: Figures,
    pub found: Option<Found>,
    /// Whether nothing is held to be equal that is not the same.
    pub exact: bool,
}

/// How far the engine is: operations, visits of tasks, tasks.
type Progress = [u32; 3];

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
    /// What the sites were when others could last go on.
    sites: u64,
    /// Whether nothing is held to be equal that is not the same.
    exact: bool,
    /// What the engine knows.
    known: u64,
    progress: Progress,
    /// Whether others go on by themselves no more.
    pub calm: bool,
    visit: Visit,
    /// What is to be done first in each part, the next step last.
    routes: Vec<Vec<(u32, Event)>>,
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
    fn new(shared: &Rc<RefCell<Shared>>, paths: &[Path], mode: Mode) -> Self {
        shared.borrow_mut().figures.runs += 1;
        Self {
            shared: shared.clone(),
            points: 0,
            forks: 0,
            sites: 0,
            exact: shared.borrow().exact,
            known: 0,
            progress: [0; 3],
            calm: false,
            visit: Visit::default(),
            routes: paths.iter().map(route).collect(),
            mode,
        }
    }

    /// The first run.
    pub fn first(shared: &Rc<RefCell<Shared>>) -> Self {
        Self::new(shared, &[], Mode::All)
    }

    /// A run that goes on with what waits.
    pub fn resume(shared: &Rc<RefCell<Shared>>, job: Job) -> Self {
        Self::new(shared, &paths(&job.parts), Mode::Replay(job))
    }

    /// A run that tells how it came to this.
    pub fn trace(shared: &Rc<RefCell<Shared>>, paths: &[Path]) -> Self {
        Self::new(shared, paths, Mode::Trace)
    }

    /// Whether what happens is known.
    pub const fn is_replaying(&self) -> bool {
        !matches!(self.mode, Mode::All)
    }

    /// The engine is told something. What it is told of a task while it visits it shows in what it
    /// does next.
    pub fn told(&mut self, what: &impl Hash) {
        if self.exact || self.visit.at.is_none() {
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
        self.progress = [self.progress[0] + 1, 0, 0];
    }

    /// The engine begins to visit tasks.
    pub fn visit(&mut self) {
        self.progress = [self.progress[0], self.progress[1] + 1, 0];
        self.visit = Visit {
            start: self.known,
            ..Visit::default()
        };
    }

    /// The engine visits a task next, or none.
    pub fn visits(&mut self, pid: Option<usize>) {
        self.visit.at = pid;
        self.progress[2] += 1;
        if !self.exact {
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


    /// Others may go on; says whether the sites have changed.
    pub fn reach_point(&mut self, sites: u64) -> bool {
        self.points += 1;
        self.does(&sites);
        mem::replace(&mut self.sites, sites) != sites
    }

    /// Does what is known to happen at this point.
    pub fn replay(&mut self, parts: &mut [Rc<Part>]) {
        self.check(parts);
        for at in 0..parts.len() {
            while let Some((point, Event::Act(act))) = self.routes[at].last().copied()
                && point == self.points
            {
                self.routes[at].pop();
                Rc::make_mut(&mut parts[at]).worlds[0].act(act);
            }
            Rc::make_mut(&mut parts[at]).worlds[0].waiting.clear();
        }
        self.check(parts);
    }

    /// What is known to be done next.
    pub fn next_event(&mut self) -> Option<Event> {
        let steps = self.routes.iter_mut().map(Vec::pop);
        steps.last().flatten().map(|(_, event)| event)
    }

    /// Lets others come to where this run is, to go on together.
    pub fn wait(&mut self, parts: &mut Vec<Rc<Part>>) {
        self.forks += 1;
        if self.is_replaying() {
            return self.splice(parts);
        }
        self.close(parts, &|_| false);
        let job = Job {
            parts: mem::take(parts),
            fork: self.forks,
        };
        let place = (self.progress, self.known);
        self.shared.borrow_mut().arrived.entry(place).or_default().push(job);
        resume_unwind(Box::new(Over));
    }

    /// Goes on with those that wait here, if they do.
    pub fn splice(&mut self, here: &mut Vec<Rc<Part>>) {
        let Mode::Replay(job) = &mut self.mode else {
            return;
        };
        if job.fork != self.forks {
            return;
        }
        let replayed = mem::replace(here, mem::take(&mut job.parts));
        for part in here {
            for world in &mut Rc::make_mut(part).worlds {
                // The engine of this run has its stacks elsewhere.
                world.sites.clone_from(&replayed[0].worlds[0].sites);
            }
        }
        self.mode = Mode::All;
    }

    /// Others go on in all ways. Ends the run if that leads to nothing new.
    pub fn close(&self, parts: &mut [Rc<Part>], waits: &dyn Fn(&Task) -> bool) {
        self.check(parts);
        let open: Vec<_> = (0..parts.len()).filter(|at| !parts[*at].closed).collect();
        if let [at] = open[..]
            && parts.len() > 1
            && self.is_covered(at, parts)
        {
            resume_unwind(Box::new(Over));
        }
        for at in &open {
            self.close_part(*at, parts, waits);
        }
        if !open.is_empty() && !self.is_new_combination(parts) {
            resume_unwind(Box::new(Over));
        }
    }

    /// Others go on in one part; leaves what need not wait.
    fn close_part(&self, at: usize, parts: &mut [Rc<Part>], waits: &dyn Fn(&Task) -> bool) {
        let alone = parts.len() == 1;
        let mut here = HashSet::default();
        let mut is_new = |world: &World| {
            let new = self.is_new(at, world);
            if alone { new } else { here.insert(self.digest(world)) }
        };
        let mut open = mem::take(&mut Rc::make_mut(&mut parts[at]).worlds);
        open.retain(&mut is_new);
        let mut closed = Vec::new();
        let mut sum = 0_u64;
        while let Some(world) = open.pop() {
            for act in world.acts() {
                let mut next = world.clone();
                next.act(act);
                let World { waiting, tasks, .. } = &mut next;
                waiting.retain(|pid| tasks.iter().any(|task| task.pid == *pid && waits(task)));
                self.shared.borrow_mut().figures.edges += 1;
                if is_new(&next) {
                    next.goes(self.points, Event::Act(act));
                    if next.oracle.violation().is_some() {
                        Rc::make_mut(&mut parts[at]).worlds = vec![next];
                        return self.check(parts);
                    }
                    open.push(next);
                }
            }
            if world.waiting.is_empty() {
                sum = sum.wrapping_add(self.digest(&world));
                closed.push(world);
            }
        }
        if closed.is_empty() {
            resume_unwind(Box::new(Over));
        }
        parts[at] = Rc::new(Part {
            worlds: closed,
            closed: true,
            digest: sum,
        });
    }

    fn is_new(&self, at: usize, world: &World) -> bool {
        let digest = digest::of(&(self.known, at, self.digest(world)));
        let mut shared = self.shared.borrow_mut();
        let new = shared.seen.insert(digest);
        shared.figures.states += u64::from(new);
        if let (true, Some(reached)) = (new, &mut shared.reached) {
            reached.extend(digest::tasks(world).map(|task| digest::of(&(self.sites, task))));
        }
        new
    }

    /// Whether all was here before that a part can be with all that the others can be, even if
    /// nothing can happen in that part.
    fn is_covered(&self, at: usize, parts: &[Rc<Part>]) -> bool {
        let worlds: Vec<_> = parts[at].worlds.iter().map(|world| self.digest(world)).collect();
        let digests: Vec<_> = parts.iter().map(|part| part.digest).collect();
        let combined = &mut self.shared.borrow_mut().combined;
        combined.covers(self.known, &digests, Some((at, &worlds)))
    }

    /// Whether there is a combination of parts that was not here before.
    fn is_new_combination(&self, parts: &[Rc<Part>]) -> bool {
        let mut shared = self.shared.borrow_mut();
        shared.figures.points += 1;
        let product = parts.iter().map(|part| part.worlds.len() as f64).product::<f64>();
        shared.figures.kernels += product;
        // One part alone has been asked about already.
        if parts.len() == 1 {
            return true;
        }
        let digests: Vec<_> = parts.iter().map(|part| part.digest).collect();
        for part in parts {
            let worlds = part.worlds.iter().map(|world| self.digest(world));
            shared.combined.learn(part.digest, worlds);
        }
        if shared.combined.covers(self.known, &digests, None) {
            return false;
        }
        shared.combined.insert(self.known, digests);
        true
    }

    /// What a world is to the search.
    pub fn digest(&self, world: &World) -> u64 {
        digest::world(world, Order::Kept)
    }

    /// Leaves kernels to other runs.
    pub fn add(&self, others: impl Iterator<Item = Vec<Rc<Part>>>) {
        let fork = self.forks;
        let mut shared = self.shared.borrow_mut();
        shared.jobs.extend(others.map(|parts| Job { parts, fork }));
    }

    /// Ends the search if something does not hold.
    pub fn check(&self, parts: &[Rc<Part>]) {
        let mut worlds = parts.iter().enumerate().flat_map(|(at, part)| {
            let worlds = part.worlds.iter();
            worlds.map(move |world| (at, world))
        });
        let Some((at, world)) = worlds.find(|(_, world)| world.oracle.violation().is_some()) else {
            return;
        };
        let mut paths = paths(parts);
        paths[at] = world.path.clone();
        self.shared.borrow_mut().found = Some(Found {
            violation: world.oracle.violation().unwrap_or_default().to_owned(),
            paths,
            log: world.log.clone().unwrap_or_default(),
        });
        resume_unwind(Box::new(Over));
    }
}

impl Shared {
    /// What a run is to go on with.
    pub fn next(&mut self) -> Option<Job> {
        while self.jobs.is_empty() {
            let ((_, known), arrived) = self.arrived.pop_first()?;
            for job in combined::join(arrived) {
                let digests: Vec<_> = job.parts.iter().map(|part| part.digest).collect();
                for part in &job.parts {
                    self.combined.learn(part.digest, part.digests());
                }
                if !self.combined.covers(known, &digests, None) {
                    self.combined.insert(known, digests);
                    self.jobs.push(job);
                }
            }
        }
        self.jobs.pop()
    }
}

/// One way to come to what the parts are.
fn paths(parts: &[Rc<Part>]) -> Vec<Path> {
    let first = parts.iter().map(|part| part.worlds.first());
    first.map(|world| world?.path.clone()).collect()
}

/// The steps of a path, the first one last.
fn route(path: &Path) -> Vec<(u32, Event)> {
    let steps = std::iter::successors(path.as_deref(), |step| step.before.as_deref());
    steps.map(|step| (step.point, step.event)).collect()
}
