// SPDX-License-Identifier: GPL-2.0-only
//! Digests of 64 bits, by which a search knows what it has been through.

use crate::task::{Entry, Frame, Kind, Task};
use crate::world::{Cpu, Site, World};
use foldhash::quality::FixedState;
use klp_runtime::Node;
use std::hash::{BuildHasher, Hash, Hasher};

/// Which tasks may be exchanged with others of their kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// None.
    Kept,
    /// Those before this one, and those behind it.
    Around(usize),
    /// All.
    Any,
}

/// The digest of a value.
pub(crate) fn of(value: &impl Hash) -> u64 {
    FixedState::default().hash_one(value)
}

/// The digest of the call sites: of what is there for the engine.
pub(crate) fn sites(world: &World) -> u64 {
    let mut state = FixedState::default().build_hasher();
    for site in &world.sites {
        (site.traced, site.direct).hash(&mut state);
        nodes(site).for_each(|node| {
            (node.code().start, node.in_transition(), node.settled()).hash(&mut state);
        });
        state.write_u8(0);
    }
    world.target_state().hash(&mut state);
    state.finish()
}

fn nodes(site: &Site) -> impl Iterator<Item = &Node> {
    // SAFETY: the stack stays where it is while its handler is attached.
    let stack = site.handler.map(|stack| unsafe { &*stack });
    let first = stack.and_then(|stack| stack.first());
    std::iter::successors(first, move |node| stack?.under(node))
}

/// The digest of what is not the engine's: tasks, CPUs, and what the oracle knows of them.
pub(crate) fn world(world: &World, order: Order) -> u64 {
    let sum = world.tasks.iter().fold(0, |sum: u64, task| {
        sum.wrapping_add(of(&(place(task, order), task_in(world, task))))
    });
    let mut state = FixedState::default().build_hasher();
    (sum, world.pinned, world.retry.is_some()).hash(&mut state);
    world.oracle.hash_rest(&mut state);
    state.finish()
}

/// The digests of tasks, wherever they are.
pub(crate) fn tasks(world: &World) -> impl Iterator<Item = u64> {
    let tasks = world.tasks.iter();
    let tasks = tasks.filter(|task| !matches!(task.kind, Kind::Idle(_)));
    tasks.map(|task| {
        let mut state = FixedState::default().build_hasher();
        hash_task(world, task, &mut state);
        state.finish()
    })
}

/// Where a task is among those that it may not be exchanged with.
fn place(task: &Task, order: Order) -> (usize, usize) {
    let kept = matches!(task.kind, Kind::Idle(_)) || order == Order::Kept;
    match order {
        _ if kept => (3, task.pid),
        Order::Around(pid) => (task.pid.cmp(&pid) as i8 as usize, 0),
        Order::Kept | Order::Any => (0, 0),
    }
}

fn task_in(world: &World, task: &Task) -> u64 {
    let mut state = FixedState::default().build_hasher();
    let on = |cpu: &Cpu| cpu.task == Some(task.pid);
    world.cpus.iter().position(on).hash(&mut state);
    world.waiting.contains(&task.pid).hash(&mut state);
    hash_task(world, task, &mut state);
    state.finish()
}

fn hash_task(world: &World, task: &Task, state: &mut impl Hasher) {
    let flags = (task.running, task.pending, task.signalled, task.unreliable);
    (task.kind, task.mode, task.state, flags).hash(state);
    world.oracle.hash_task(task.pid, state);
    for frame in &task.stack {
        words(frame).hash(state);
    }
}

/// A frame, without what its functions do: that follows from the rest.
fn words(frame: &Frame) -> [usize; 3] {
    match frame {
        Frame::Base(base, body, done) => [*base as usize, body.as_ptr().addr(), *done],
        Frame::Entry(function, Entry::Called) => [3, *function, 0],
        Frame::Entry(function, Entry::Handler) => [4, *function, 0],
        Frame::Entry(function, Entry::Sent(start)) => [5, *function, *start],
        Frame::Body(start, _, done) => [6, *start, *done],
    }
}
