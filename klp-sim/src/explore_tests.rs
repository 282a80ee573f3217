// SPDX-License-Identifier: GPL-2.0-only
//! Whether a search leaves anything out: others, which go other ways, must find the same.

use super::{Cpus, DISABLE, ENABLE, Explored, Script, cpus, events, search};
use crate::catalog::{Catalog, Function, Op, Plan};
use crate::choice::Choices;
use crate::digest::{self, Set};
use crate::machine::{self, Machine};
use crate::path::Event;
use crate::search::Shared;
use crate::world::{Config, World};
use klp_runtime::Policy;
use klp_runtime::contract::VMLINUX;

/// As little as can be.
static ONE: Catalog = Catalog {
    functions: &[Function {
        name: "f0",
        object: VMLINUX,
        body: &[],
        traceable: true,
    }],
    syscalls: &[&[Op::Call(0)]],
    kthread: &[Op::Call(0)],
    interrupt: &[],
    modules: &[],
    plans: &[Plan {
        name: "p0",
        replace: false,
        objects: &[(VMLINUX, &[0])],
        states: &[],
    }],
};

/// A task has a CPU of its own.
const PARTS: Script = Script {
    name: "",
    catalog: &ONE,
    parts: &[cpus(1, 1, 0), cpus(1, 0, 1)],
    ops: &[ENABLE, DISABLE],
};
/// Tasks go from CPU to CPU, and all is kept as one.
const WHOLE: Script = Script {
    parts: &[cpus(2, 1, 1)],
    ..PARTS
};

fn tasks(script: &Script, exact: bool) -> (Set<u64>, Explored) {
    let mut shared = Shared::default();
    shared.exact = exact;
    let shared = search(script, shared);
    if let Some(found) = &shared.found {
        panic!("{}\n{}", found.violation, found.log.join("\n"));
    }
    (shared.tasks, shared.explored)
}

#[test]
fn parts_by_themselves_are_all_that_the_whole_is() {
    let comes = |script| Script {
        ops: &[ENABLE],
        ..script
    };
    let (parts, _) = tasks(&comes(PARTS), false);
    let (whole, explored) = tasks(&comes(WHOLE), false);
    assert!(explored.states > 10_000, "{explored:?}");
    assert_eq!(parts, whole);
}

#[test]
fn nothing_counts_that_the_engine_forgets() {
    let (exact, much) = tasks(&PARTS, true);
    let (tasks, little) = tasks(&PARTS, false);
    assert_eq!(tasks, exact);
    assert!(much.points > 2 * little.points, "{much:?} {little:?}");
}

#[test]
fn chance_finds_nothing_else() {
    let (all, _) = tasks(&PARTS, false);
    let mut found = Set::default();
    (0..2000).for_each(|seed| by_chance(seed, &mut found));
    assert!(found.is_subset(&all));
    assert!(
        found.len() > all.len() / 4,
        "{} of {}",
        found.len(),
        all.len()
    );
}

/// Runs the script once, and gathers what tasks are between operations.
fn by_chance(seed: u64, found: &mut Set<u64>) {
    let Cpus {
        cpus,
        users,
        kthreads,
    } = WHOLE.parts[0];
    let config = Config {
        catalog: &ONE,
        cpus,
        users,
        kthreads,
        most_tasks: 0,
        faults: false,
        lively: false,
    };
    let policy = Policy {
        deadline: None,
        ..Policy::default()
    };
    let mut machine = Machine::new(config, Choices::random(seed), policy);
    let mut done = 0;
    for _ in 0..100 {
        machine.act();
        machine.with(|world| found.extend(seen(world)));
        let ops = events(&WHOLE, done, &machine);
        let next = machine.with(|world| world.choices.rarely(ops.len(), 10));
        // Last of all is the end.
        if let Some(Event::Op(op)) = ops.into_iter().rev().nth(next) {
            done += usize::from(op != machine::Op::Tick);
            assert_eq!(machine.run(op), Ok(()));
        }
    }
    assert_eq!(machine.violation(), None);
}

fn seen(world: &World) -> Vec<u64> {
    let sites = digest::sites(world);
    let tasks = digest::tasks(world);
    tasks.map(|task| digest::of(&(sites, task))).collect()
}
