// SPDX-License-Identifier: GPL-2.0-only
//! Runs by chance, each from a seed, and the shortest way to what went wrong in one.

use crate::catalog::STANDARD;
use crate::choice::{Choice, Choices};
use crate::figures::Figures;
use crate::machine::{Machine, Op};
use crate::world::Config;
use klp_runtime::{Overdue, Policy};

/// What went wrong in a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What did not hold.
    pub violation: String,
    /// The choices that lead there.
    pub choices: Vec<usize>,
    /// What the administrator did, and what the kernel said.
    pub log: Vec<String>,
}

/// Steps of one run.
const STEPS: usize = 1000;

/// One run.
///
/// # Errors
/// What went wrong.
pub fn simulate(seed: u64) -> Result<Figures, Failure> {
    run(Choices::random(seed))
}

/// A shorter run that goes wrong.
pub fn shrink(failure: Failure) -> Failure {
    let mut best = failure;
    let mut size = best.choices.len();
    while size > 0 {
        let mut at = 0;
        while at < best.choices.len() {
            match shorter(&best, at, size) {
                Some(found) => best = found,
                None => at += size,
            }
        }
        size /= 2;
    }
    best
}

/// The run without some choices, or with the dullest in their place, if that goes wrong, too.
fn shorter(failure: &Failure, at: usize, size: usize) -> Option<Failure> {
    let end = (at + size).min(failure.choices.len());
    let mut without = failure.choices.clone();
    without.drain(at..end);
    let mut duller = failure.choices.clone();
    duller[at..end].fill(0);
    let worth = |choices: &Vec<usize>| *choices != failure.choices;
    let mut tries = [without, duller].into_iter().filter(worth);
    let found = tries.find_map(|choices| run(Choices::replay(choices)).err())?;
    (measure(&found.choices) < measure(&failure.choices)).then_some(found)
}

/// How much happens in a run: the choices, and those that are not dull.
fn measure(choices: &[usize]) -> (usize, usize) {
    let busy = choices.iter().filter(|choice| **choice > 0).count();
    (busy, choices.len())
}

fn run(mut choices: Choices) -> Result<Figures, Failure> {
    let config = Config {
        catalog: &STANDARD,
        cpus: 1 + choices.pick(3),
        users: 1 + choices.pick(3),
        kthreads: choices.pick(2),
        most_tasks: 8,
        faults: choices.pick(2) == 1,
        lively: choices.pick(2) == 1,
    };
    let policy = Policy {
        deadline: [None, Some(20_000_000)][choices.pick(2)],
        overdue: [Overdue::Report, Overdue::Reverse][choices.pick(2)],
        ..Policy::default()
    };
    let mut machine = Machine::new(config, choices, policy);
    for _ in 0..STEPS {
        if machine.violation().is_some() {
            break;
        }
        step(&mut machine);
    }
    let sim = machine.sim();
    let violation = machine.violation().or_else(|| machine.wind_up());
    sim.with(|world| {
        let choices = world.choices.made().iter();
        match violation {
            None => Ok(world.figures),
            Some(violation) => Err(Failure {
                violation,
                choices: choices.map(|Choice { chosen, .. }| *chosen).collect(),
                log: world.log.clone(),
            }),
        }
    })
}

/// One thing happens: mostly in the kernel, sometimes an administrator or the timer.
fn step(machine: &mut Machine) {
    match machine.with(|world| world.choices.pick(10)) {
        0..7 => machine.act(),
        7 if machine.wants_tick() => run_op(machine, Op::Tick),
        7 | 8 => {
            // None if each patch was forced, and so stays for ever, with the modules it patches.
            let ops = machine.ops();
            if !ops.is_empty() {
                let next = machine.with(|world| world.choices.pick(ops.len()));
                run_op(machine, ops[next]);
            }
        }
        _ => rarely(machine),
    }
}

/// What is refused most of the time, or ought not to be done often.
fn rarely(machine: &mut Machine) {
    let patches = STANDARD.plans.len();
    let patch = machine.with(|world| world.choices.pick(patches));
    match machine.with(|world| world.choices.pick(12)) {
        0..3 => run_op(machine, Op::SetEnabled(patch, false)),
        3..6 => run_op(machine, Op::SetEnabled(patch, true)),
        6..9 if machine.may_enable(patch) => run_op(machine, Op::Enable(patch)),
        9 | 10 => force(machine, patch),
        _ => run_op(machine, Op::Reroute),
    }
}

/// Forces a transition, and perhaps enables a cumulative patch soon, while tasks are where they
/// should not be any more.
fn force(machine: &mut Machine, patch: usize) {
    run_op(machine, Op::Force(patch));
    let next = machine.with(|world| world.choices.pick(STANDARD.plans.len()));
    let cumulative = STANDARD.plans.get(next).is_some_and(|plan| plan.replace);
    if cumulative && machine.may_enable(next) {
        run_op(machine, Op::Enable(next));
    }
}

fn run_op(machine: &mut Machine, op: Op) {
    machine.with(|world| {
        world.figures.operations += 1;
        world.note(|| format!("% {op:?}"));
    });
    if let Err(error) = machine.run(op) {
        machine.with(|world| {
            world.figures.refused += 1;
            world.note(|| format!("refused: {error}"));
        });
    }
}
