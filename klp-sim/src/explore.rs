// SPDX-License-Identifier: GPL-2.0-only
//! Small cases, of which all runs are gone through.

use crate::catalog::{Catalog, SMALL, TINY};
use crate::choice::Choices;
use crate::machine::{Machine, Op};
use crate::platform::Sim;
use crate::random::Failure;
use crate::search::{Event, Figures, Over, Search, Shared};
use crate::world::{Config, World};
use crate::worlds::Worlds;
use klp_runtime::{Phase, Policy};
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::Rc;

/// What an administrator does, one thing after another, with time to choose.
#[derive(Clone, Copy, Debug)]
pub struct Script {
    /// What it is about.
    pub name: &'static str,
    /// What there is.
    pub catalog: &'static Catalog,
    /// Its CPUs.
    pub parts: &'static [Cpus],
    /// What is done, and when it can be.
    pub ops: &'static [(When, Op)],
}

/// CPUs, and the tasks that keep to them.
#[derive(Clone, Copy, Debug)]
pub struct Cpus {
    /// How many CPUs.
    pub cpus: usize,
    /// User tasks.
    pub users: usize,
    /// Kernel threads.
    pub kthreads: usize,
}

/// When something is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// At any time while there is no transition.
    Idle,
    /// At any time in a transition.
    InTransition,
    /// At any time.
    Ever,
}

/// All small cases.
pub const SCRIPTS: &[Script] = &[
    Script { name: "tiny 1 1 joint", catalog: &TINY, parts: &[cpus(2, 1, 1)], ops: &[ENABLE] },
    Script { name: "tiny 1 1", catalog: &TINY, parts: &[cpus(1, 1, 0), cpus(1, 0, 1)], ops: &[ENABLE] },
    Script { name: "tiny 2 1", catalog: &TINY, parts: &[cpus(1, 1, 0), cpus(1, 1, 0), cpus(1, 0, 1)], ops: &[ENABLE] },
    Script { name: "small 1 1", catalog: &SMALL, parts: &[cpus(1, 1, 0), cpus(1, 0, 1)], ops: &[ENABLE] },
    Script { name: "small 2 1", catalog: &SMALL, parts: &[cpus(1, 1, 0), cpus(1, 1, 0), cpus(1, 0, 1)], ops: &[ENABLE] },
    Script { name: "small (1 1) 1", catalog: &SMALL, parts: &[cpus(1, 1, 0), cpus(1, 1, 1)], ops: &[ENABLE] },
];

const ENABLE: (When, Op) = (When::Idle, Op::Enable(0));

const fn cpus(cpus: usize, users: usize, kthreads: usize) -> Cpus {
    Cpus { cpus, users, kthreads }
}

/// Goes through all runs of a script.
///
/// # Errors
/// The first run in which something does not hold.
pub fn explore(script: &Script) -> Result<Figures, Failure> {
    let shared = Rc::new(RefCell::new(Shared::default()));
    search(script, &shared);
    let shared = shared.borrow();
    match &shared.found {
        None => Ok(shared.figures),
        Some(found) => Err(trace(script, &found.paths)),
    }
}

fn search(script: &Script, shared: &Rc<RefCell<Shared>>) {
    run(script, World::quiet, Search::first(shared));
    while shared.borrow().found.is_none() {
        let Some(job) = shared.borrow_mut().next() else {
            return;
        };
        run(script, World::quiet, Search::resume(shared, job));
    }
}

/// The same run again, to tell what happens in it.
fn trace(script: &Script, paths: &[crate::worlds::Path]) -> Failure {
    let shared = Rc::new(RefCell::new(Shared::default()));
    run(script, |world| world, Search::trace(&shared, paths));
    let found = shared.borrow_mut().found.take();
    let found = found.expect("the same steps lead to the same end");
    Failure {
        violation: found.violation,
        choices: Vec::new(),
        log: found.log,
    }
}

fn run(script: &Script, prepare: fn(World) -> World, search: Search) {
    let parts = script.parts.iter().enumerate();
    let parts = parts.map(|(at, part)| {
        let world = World::new(config(script, part), Choices::none());
        prepare(world.numbered_from(at * 10))
    });
    let sim = Sim::of(Worlds::search(parts.collect(), search));
    let policy = Policy {
        deadline: None,
        ..Policy::default()
    };
    let machine = Machine::with_sim(script.catalog, sim, policy);
    let over = catch_unwind(AssertUnwindSafe(|| drive(script, machine)));
    if let Err(over) = over
        && !over.is::<Over>()
    {
        resume_unwind(over);
    }
}

fn config(script: &Script, part: &Cpus) -> Config {
    Config {
        catalog: script.catalog,
        cpus: part.cpus,
        users: part.users,
        kthreads: part.kthreads,
        most_tasks: 0,
        faults: false,
        lively: false,
    }
}

fn drive(script: &Script, mut machine: Machine) {
    let sim = machine.sim();
    let mut done = 0;
    loop {
        let patches = machine.engine().patches();
        let patches: Vec<_> = patches
            .map(|patch| (patch.name(), patch.enabled(), patch.forced()))
            .collect();
        let phase = format!("{:?}", machine.engine().phase());
        sim.worlds(|worlds| worlds.at(&(done, patches, phase)));
        let events = events(script, done, &machine);
        match sim.worlds(|worlds| worlds.choose(&events)) {
            Some(Event::Op(op)) => {
                done += usize::from(op != Op::Tick);
                sim.with(|world| world.note(|| format!("% {op:?}")));
                let _ = machine.run(op);
            }
            _ => return end(machine),
        }
        sim.worlds(|worlds| worlds.check());
    }
}

/// What can be done next, if it is not left to the other CPUs.
fn events(script: &Script, done: usize, machine: &Machine) -> Vec<Event> {
    let idle = machine.engine().phase() == Phase::Idle;
    let may = |when: &When| match when {
        When::Idle => idle,
        When::InTransition => !idle,
        When::Ever => true,
    };
    let next = script.ops.get(done).filter(|(when, _)| may(when));
    let next = next.map(|(_, op)| Event::Op(*op));
    let tick = machine.wants_tick().then_some(Event::Op(Op::Tick));
    next.into_iter().chain(tick).chain([Event::End]).collect()
}

/// From here on everybody gets his turn, and all must come to its end.
fn end(mut machine: Machine) {
    let sim = machine.sim();
    sim.worlds(Worlds::calm);
    machine.settle();
    machine.wind_up();
    sim.worlds(|worlds| worlds.check());
}
