// SPDX-License-Identifier: GPL-2.0-only
//! A search through all runs of a small case.
//!
//! # How
//! Between two calls of the engine's, other CPUs can do anything or nothing. So at each such point
//! the search gathers all that can be reached there, and the engine goes on in all kernels at once,
//! as long as they look the same to it. Where they do not, the run goes on with those that look like
//! the first, and the others are left to a run of their own: a fresh engine, which is given the same
//! answers up to there.
//!
//! Before the engine visits a task, and before an operation, runs meet that know the same: those
//! that have come to different kernels go on as one in all of them.
//!
//! # Why nothing is left out
//! A run ends where all its kernels have been before, with the engine at the same point and knowing
//! the same. What follows depends on nothing else:
//! - the tasks, the CPUs, who is waited for, and what the [oracle](crate::oracle) knows are compared;
//! - so are the sites, with the stack of each, and the target;
//! - what the engine knows is its public state, what it holds and the place in the script when an
//!   operation begins, and from then on what it was told and what it did, up to now.
//!
//! Time is left out, as no run has a deadline. Of a task that was visited, the engine remembers at
//! most that it holds the transition up; so after the visit of a task, what is known of those before
//! is how many do. An [exact](Shared::exact) search does without this.
//!
//! What is compared are digests of 64 bits. Two of them could be the same by chance, once in some
//! millions of searches.

use crate::combined::{self, Combined};
use crate::digest::{self, Set};
use crate::path::Event;
use crate::task::{State, Task};
use crate::world::World;
use crate::worlds::Part;
use klp_runtime::PatchState;
use std::any::Any;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::hash::Hash;
use std::mem;
use std::panic::resume_unwind;
use std::rc::Rc;

/// What a run ends with, in the middle of the engine: nothing new can follow, or something did not
/// hold.
pub(crate) struct Over;

/// How much was gone through.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Explored {
    /// What the parts of kernels can be, each with what the engine knows.
    pub states: u64,
    /// What others can do next in these.
    pub acts: u64,
    /// Points at which runs met.
    pub points: u64,
    /// Kernels there: all combinations of what their parts can be.
    pub kernels: f64,
    /// Runs of the engine.
    pub runs: u64,
}

/// A kernel in which something did not hold.
pub(crate) struct Found {
    pub violation: String,
    pub log: Vec<String>,
}

/// What the runs of a search share.
#[derive(Default)]
pub(crate) struct Shared {
    /// Parts, with what the engine knew.
    seen: Set<u64>,
    combined: Combined,
    /// What is left to other runs.
    jobs: Vec<Job>,
    /// Those that have to meet first, by how far the engine is and what it knows.
    meeting: BTreeMap<(Progress, u64), Vec<Job>>,
    pub explored: Explored,
    pub found: Option<Found>,
    /// What tasks have been, and what the sites were then.
    pub tasks: Set<u64>,
    /// Whether the engine is held to remember all that it was told.
    pub exact: bool,
}

/// What a run goes on with.
pub(crate) struct Job {
    pub parts: Vec<Rc<Part>>,
    /// What the engine was told until here.
    answers: Vec<Answer>,
}

type Answer = Rc<dyn Any>;

/// How far the engine is: operations, visits of all tasks, tasks.
type Progress = [u32; 3];

/// A visit of all tasks.
#[derive(Default)]
struct Visit {
    /// What the engine knew before.
    start: u64,
    /// Whether a task is visited.
    inside: bool,
    /// How many were found that cannot switch.
    blocked: u64,
    /// Whether a stack is looked at.
    looks: bool,
}

/// One run of a search.
pub(crate) struct Search {
    shared: Rc<RefCell<Shared>>,
    /// What to go on with, when the engine is there.
    job: Option<Job>,
    /// What the engine was told.
    answers: Vec<Answer>,
    /// What the engine knows.
    known: u64,
    /// What tasks see of it.
    sites: u64,
    progress: Progress,
    visit: Visit,
    /// Whether others no longer go on by themselves.
    pub calm: bool,
    exact: bool,
}

impl Search {
    /// A run from the start, or one that goes on with what was left.
    pub fn new(shared: &Rc<RefCell<Shared>>, job: Option<Job>) -> Self {
        shared.borrow_mut().explored.runs += 1;
        Self {
            shared: shared.clone(),
            job,
            answers: Vec::new(),
            known: 0,
            sites: 0,
            progress: [0; 3],
            visit: Visit::default(),
            calm: false,
            exact: shared.borrow().exact,
        }
    }

    /// Whether the engine is on its way to where the run goes on.
    pub const fn is_replaying(&self) -> bool {
        self.job.is_some()
    }

    /// The next answer on this way. With the last one the run goes on.
    pub fn replay<R: Clone + 'static>(&mut self, parts: &mut Vec<Rc<Part>>) -> Option<R> {
        let job = self.job.as_mut()?;
        let answer = job.answers[self.answers.len()].clone();
        self.answers.push(answer.clone());
        if self.answers.len() == job.answers.len() {
            let replayed = mem::replace(parts, mem::take(&mut job.parts));
            adapt(parts, &replayed[0].worlds[0]);
            self.job = None;
        }
        let answer = answer.downcast_ref::<R>().cloned();
        Some(answer.expect("a question is asked again"))
    }

    /// The run goes on with an answer.
    pub fn answered(&mut self, answer: impl Any) {
        self.answers.push(Rc::new(answer));
    }

    /// Leaves another answer to another run.
    pub fn leave(&self, parts: Vec<Rc<Part>>, answer: impl Any) {
        let mut answers = self.answers.clone();
        answers.push(Rc::new(answer));
        self.shared.borrow_mut().jobs.push(Job { parts, answers });
    }

    /// Leaves all to a run that goes on for others, too. Others have gone on until here.
    pub fn meet(&mut self, parts: &mut Vec<Rc<Part>>) {
        if self.calm || self.replay::<()>(parts).is_some() {
            return;
        }
        let new = self.shared.borrow_mut().is_new(self.known, parts);
        self.go_on_if(new);
        self.answered(());
        // What is left of the run gives its memory back.
        let rest = vec![Part::open(vec![parts[0].worlds[0].clone()])];
        let job = Job {
            parts: mem::replace(parts, rest),
            answers: mem::take(&mut self.answers),
        };
        let mut shared = self.shared.borrow_mut();
        let meeting = shared.meeting.entry((self.progress, self.known));
        meeting.or_default().push(job);
        drop(shared);
        resume_unwind(Box::new(Over));
    }

    /// The engine is told something. What it is told of a task that it visits shows in what it does.
    pub fn told(&mut self, what: &impl Hash) {
        if self.exact || !self.visit.inside {
            self.does(what);
        }
    }

    /// The engine does something.
    pub fn does(&mut self, what: &impl Hash) {
        self.known = digest::of(&(self.known, what));
    }

    /// An operation may begin; all that the engine knows is this.
    pub fn forget_all_but(&mut self, what: &impl Hash) {
        self.known = digest::of(what);
        self.progress = [self.progress[0] + 1, 0, 0];
    }

    /// The engine begins to visit all tasks.
    pub fn visit(&mut self) {
        self.progress = [self.progress[0], self.progress[1] + 1, 0];
        self.visit = Visit {
            start: self.known,
            ..Visit::default()
        };
    }

    /// The engine visits a task next, or none.
    pub fn visits(&mut self, pid: Option<usize>) {
        self.progress[2] += 1;
        self.visit.inside = pid.is_some();
        match self.exact {
            true => self.does(&pid),
            false => self.known = digest::of(&(self.visit.start, pid, self.visit.blocked)),
        }
    }

    /// The engine looks at a stack, or no longer.
    pub fn looks(&mut self, looks: bool) {
        self.visit.blocked += u64::from(looks);
        self.visit.looks = looks;
        self.does(&self.visit.blocked.clone());
    }

    /// The engine sets a task's state.
    pub fn switches(&mut self, state: PatchState) {
        self.does(&State::from(state));
        self.visit.blocked -= u64::from(mem::take(&mut self.visit.looks));
    }

    /// The engine is where others can go on; says whether they see a difference.
    pub fn reach(&mut self, sites: u64) -> bool {
        self.does(&sites);
        mem::replace(&mut self.sites, sites) != sites
    }

    /// Others go on in all ways.
    pub fn close(&self, parts: &mut [Rc<Part>], waits: &dyn Fn(&Task) -> bool) {
        self.check(parts);
        let open: Vec<_> = (0..parts.len()).filter(|at| !parts[*at].closed).collect();
        for at in open {
            self.close_part(at, parts, waits);
        }
    }

    fn go_on_if(&self, go_on: bool) {
        if !go_on {
            resume_unwind(Box::new(Over));
        }
    }

    /// Others go on in a part. What waits in the end is left out.
    fn close_part(&self, at: usize, parts: &mut [Rc<Part>], waits: &dyn Fn(&Task) -> bool) {
        let mut seen = Set::default();
        let mut new = |world: World| {
            let digest = digest::world(&world);
            seen.insert(digest).then_some((digest, world))
        };
        let open = parts[at].worlds.iter().cloned();
        let mut open: Vec<_> = open.filter_map(&mut new).collect();
        let mut closed = Vec::new();
        while let Some((digest, world)) = open.pop() {
            let acts = world.acts();
            self.count(at, digest, &world, acts.len());
            for act in acts {
                let mut next = world.clone();
                next.act(act);
                let World { waiting, tasks, .. } = &mut next;
                waiting.retain(|pid| tasks.iter().any(|task| task.pid == *pid && waits(task)));
                if let Some((digest, mut next)) = new(next) {
                    next.goes(Event::Act(act));
                    self.check_world(&next);
                    open.push((digest, next));
                }
            }
            closed.push((digest, world));
        }
        let done = |(_, world): &(u64, World)| world.waiting.is_empty();
        parts[at] = Part::closed(closed.into_iter().filter(done));
        self.go_on_if(!parts[at].worlds.is_empty());
    }

    fn count(&self, at: usize, digest: u64, world: &World, acts: usize) {
        let mut shared = self.shared.borrow_mut();
        if shared.seen.insert(digest::of(&(self.known, at, digest))) {
            shared.explored.states += 1;
            shared.explored.acts += acts as u64;
            let tasks = digest::tasks(world).map(|task| digest::of(&(self.sites, task)));
            shared.tasks.extend(tasks);
        }
    }

    /// Ends the search if something does not hold.
    pub fn check(&self, parts: &[Rc<Part>]) {
        if !self.is_replaying() {
            let worlds = parts.iter().flat_map(|part| &part.worlds);
            worlds.for_each(|world| self.check_world(world));
        }
    }

    fn check_world(&self, world: &World) {
        if let Some(violation) = world.oracle.violation() {
            self.shared.borrow_mut().found = Some(Found {
                violation: violation.to_owned(),
                log: world
                    .path
                    .as_ref()
                    .map_or_else(Vec::new, |path| path.lines()),
            });
            resume_unwind(Box::new(Over));
        }
    }
}

/// The engine of this run has its stacks and its memory elsewhere.
fn adapt(parts: &mut [Rc<Part>], replayed: &World) {
    for world in parts
        .iter_mut()
        .flat_map(|part| &mut Rc::make_mut(part).worlds)
    {
        world.sites.clone_from(&replayed.sites);
        world.accounts = replayed.accounts.clone();
    }
}

impl Shared {
    /// What the next run goes on with.
    pub fn next(&mut self) -> Option<Job> {
        while self.jobs.is_empty() {
            let (_, meeting) = self.meeting.pop_first()?;
            self.jobs = combined::join(meeting);
        }
        self.jobs.pop()
    }

    fn is_new(&mut self, known: u64, parts: &[Rc<Part>]) -> bool {
        let new = self.combined.insert(known, parts);
        if new {
            self.explored.points += 1;
            let sizes = parts.iter().map(|part| part.worlds.len() as f64);
            self.explored.kernels += sizes.product::<f64>();
        }
        new
    }
}
