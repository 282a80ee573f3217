// SPDX-License-Identifier: GPL-2.0-only
//! Small cases, of which all runs are gone through.
//!
//! Two functions that can be patched, two user tasks and a kernel thread that call both, and an
//! administrator who follows a script, at any moment. Tasks run, sleep and are preempted in all
//! ways, but keep to their CPUs. Nothing fails, and there are no interrupts, forks, unreliable
//! stacks, CPU hotplug, modules or force: those come by [chance](crate::simulate) only.
//!
//! Wherever an operation may begin, it is also tried whether all comes to its end if everybody gets
//! his turn: the transition, then each patch's disabling.

use crate::catalog::{Catalog, SMALL, TINY};
use crate::choice::Choices;
use crate::machine::{Machine, Op};
use crate::path::Event;
use crate::platform::Sim;
use crate::random::Failure;
use crate::search::{Explored, Found, Over, Search, Shared};
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
}

/// All small cases: each script with three CPUs and with two, of which one has two tasks.
pub const SCRIPTS: &[Script] = &[
    script("a patch comes", &SMALL, OWN, &[ENABLE]),
    script("a patch comes", &TINY, SHARED, &[ENABLE]),
    script("a patch comes and goes", &SMALL, OWN, COME_AND_GO),
    script("a patch comes and goes", &TINY, SHARED, COME_AND_GO),
    script("a patch comes, turns round", &SMALL, OWN, &[ENABLE, TURN]),
    script("a patch comes, turns round", &TINY, SHARED, &[ENABLE, TURN]),
    script("a patch comes, turns round twice", &SMALL, OWN, TURN_TWICE),
    script(
        "a patch comes, turns round twice",
        &TINY,
        SHARED,
        TURN_TWICE,
    ),
    script("a patch goes, turns round", &SMALL, OWN, GO_AND_TURN),
    script("a patch goes, turns round", &TINY, SHARED, GO_AND_TURN),
    script("a patch is replaced", &SMALL, OWN, &[ENABLE, REPLACE]),
    script("a patch is replaced", &TINY, SHARED, &[ENABLE, REPLACE]),
    script("a replacement turns round", &SMALL, OWN, REPLACE_AND_TURN),
    script("a replacement turns round", &TINY, SHARED, REPLACE_AND_TURN),
];

/// Each task has a CPU.
const OWN: &[Cpus] = &[cpus(1, 1, 0), cpus(1, 1, 0), cpus(1, 0, 1)];
/// Two tasks share one.
const SHARED: &[Cpus] = &[cpus(1, 1, 0), cpus(1, 1, 1)];

const ENABLE: (When, Op) = (When::Idle, Op::Enable(0));
const TURN: (When, Op) = (When::InTransition, Op::SetEnabled(0, false));
const TURN_BACK: (When, Op) = (When::InTransition, Op::SetEnabled(0, true));
const DISABLE: (When, Op) = (When::Idle, Op::SetEnabled(0, false));
const REPLACE: (When, Op) = (When::Idle, Op::Enable(1));
const COME_AND_GO: &[(When, Op)] = &[ENABLE, DISABLE];
const TURN_TWICE: &[(When, Op)] = &[ENABLE, TURN, TURN_BACK];
const GO_AND_TURN: &[(When, Op)] = &[ENABLE, DISABLE, TURN_BACK];
const REPLACE_AND_TURN: &[(When, Op)] = &[
    ENABLE,
    REPLACE,
    (When::InTransition, Op::SetEnabled(1, false)),
];
/// Room for the tasks of some CPUs.
const NUMBERS: usize = 10;

const fn script(
    name: &'static str,
    catalog: &'static Catalog,
    parts: &'static [Cpus],
    ops: &'static [(When, Op)],
) -> Script {
    Script {
        name,
        catalog,
        parts,
        ops,
    }
}

const fn cpus(cpus: usize, users: usize, kthreads: usize) -> Cpus {
    Cpus {
        cpus,
        users,
        kthreads,
    }
}

/// Goes through all runs of a script.
///
/// # Errors
/// What went wrong, and the log of the CPUs where it did.
pub fn explore(script: &Script) -> Result<Explored, Failure> {
    let shared = search(script, Shared::default());
    match shared.found {
        None => Ok(shared.explored),
        Some(Found { violation, log }) => Err(Failure {
            violation,
            choices: Vec::new(),
            log,
        }),
    }
}

fn search(script: &Script, shared: Shared) -> Shared {
    let shared = Rc::new(RefCell::new(shared));
    run(script, Search::new(&shared, None));
    while shared.borrow().found.is_none() {
        let Some(job) = shared.borrow_mut().next() else {
            break;
        };
        run(script, Search::new(&shared, Some(job)));
    }
    shared.take()
}

fn run(script: &Script, search: Search) {
    let parts = script.parts.iter().enumerate();
    let parts = parts.map(|(at, part)| {
        let world = World::new(config(script, part), Choices::none());
        world.in_search(at * NUMBERS)
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
        let known = known(done, &machine);
        sim.worlds(|worlds| worlds.begin(&known));
        let events = events(script, done, &machine);
        match sim.worlds(|worlds| worlds.choose(events)) {
            Some(Event::Op(op)) => {
                done += usize::from(op != Op::Tick);
                // What is refused has changed nothing, as the machine checks.
                let _ = machine.run(op);
            }
            _ => return end(machine),
        }
        sim.worlds(|worlds| worlds.check());
    }
}

/// All that matters of the engine between two operations, and what it holds.
fn known(done: usize, machine: &Machine) -> String {
    let engine = machine.engine();
    let patches = engine.patches();
    let patches = patches.map(|patch| (patch.name(), patch.enabled(), patch.forced()));
    let patches: Vec<_> = patches.collect();
    let holds = machine.with(|world| {
        let memory = world.accounts.live();
        format!("{:?} {:?} {memory}", world.acquired, world.relocated)
    });
    format!("{done} {:?} {patches:?} {holds}", engine.phase())
}

/// What can be done next, if it is not left to the other CPUs.
fn events(script: &Script, done: usize, machine: &Machine) -> Vec<Event> {
    let idle = machine.engine().phase() == Phase::Idle;
    let may = |when: &When| match when {
        When::Idle => idle,
        When::InTransition => !idle,
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

#[cfg(test)]
#[path = "explore_tests.rs"]
mod tests;
