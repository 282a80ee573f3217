// SPDX-License-Identifier: GPL-2.0-only
//! Digests of 64 bits, by which a search knows what it has been through.

use crate::task::{Entry, Frame, Kind, State, Task};
use crate::world::{Cpu, Site, World};
use foldhash::fast;
use foldhash::quality::FixedState;
use klp_runtime::Node;
use std::hash::{BuildHasher, Hash, Hasher};

/// A map whose order is the same in each process, so that a search goes the same way.
pub(crate) type Map<K, V> = std::collections::HashMap<K, V, fast::FixedState>;
/// Such a set.
pub(crate) type Set<T> = std::collections::HashSet<T, fast::FixedState>;

/// The digest of a value.
pub(crate) fn of(value: &impl Hash) -> u64 {
    FixedState::default().hash_one(value)
}

/// The digest of what tasks see of the engine: the call sites, with their stacks, and the target.
pub(crate) fn sites(world: &World) -> u64 {
    let mut state = FixedState::default().build_hasher();
    State::from(world.target).hash(&mut state);
    for site in &world.sites {
        (site.traced, site.direct).hash(&mut state);
        for node in nodes(site) {
            (
                node.code().start,
                node.in_transition(),
                node.settled(false).is_some(),
            )
                .hash(&mut state);
        }
        state.write_u8(0);
    }
    state.finish()
}

fn nodes(site: &Site) -> impl Iterator<Item = &Node> {
    // SAFETY: the stack stays where it is while its handler is attached.
    let stack = site.handler.map(|stack| unsafe { &*stack });
    let first = stack.and_then(|stack| stack.first());
    std::iter::successors(first, move |node| stack?.under(node))
}

/// The digest of what is not the engine's: tasks, CPUs, and what the oracle knows of them.
pub(crate) fn world(world: &World) -> u64 {
    let mut state = FixedState::default().build_hasher();
    for task in &world.tasks {
        let on = |cpu: &Cpu| cpu.task == Some(task.pid);
        let cpu = world.cpus.iter().position(on);
        let waiting = world.waiting.contains(&task.pid);
        (task.pid, cpu, waiting, self::task(world, task)).hash(&mut state);
    }
    (world.pinned, world.retry.is_some()).hash(&mut state);
    world.oracle.hash_rest(&mut state);
    state.finish()
}

/// The digests of the tasks, wherever they are.
pub(crate) fn tasks(world: &World) -> impl Iterator<Item = u64> {
    let idle = |task: &&Task| matches!(task.kind, Kind::Idle(_));
    let tasks = world.tasks.iter().filter(move |task| !idle(task));
    tasks.map(|task| self::task(world, task))
}

fn task(world: &World, task: &Task) -> u64 {
    let mut state = FixedState::default().build_hasher();
    let flags = (task.running, task.pending, task.signalled, task.unreliable);
    (task.kind, task.mode, task.state, flags).hash(&mut state);
    world.oracle.hash_task(task.pid, &mut state);
    for frame in &task.stack {
        words(frame).hash(&mut state);
    }
    state.finish()
}

/// A frame, without what its functions do: that follows from the rest.
fn words(frame: &Frame) -> [usize; 3] {
    match frame {
        Frame::Base(base, body, done) => [*base as usize, of(body) as usize, *done],
        Frame::Entry(function, Entry::Called) => [3, *function, 0],
        Frame::Entry(function, Entry::Handler) => [4, *function, 0],
        Frame::Entry(function, Entry::Sent(start)) => [5, *function, *start],
        Frame::Body(start, _, done) => [6, *start, *done],
    }
}
