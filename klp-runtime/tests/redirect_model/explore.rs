// SPDX-License-Identifier: GPL-2.0-only
//! Running models.

use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Instant;

use loom::thread::{self, JoinHandle};

use crate::kernel::{Kernel, Shape};
use crate::machine::Machine;
use crate::patches::{F, FUNCS, G, Versions};
use crate::syscalls::Syscalls;
use crate::{Engine, PatchSpec, Phase, Policy};

/// A transition that tasks do not wait for.
pub struct Race {
    /// The most often that threads are preempted in one schedule, if that is limited.
    pub preemptions: Option<usize>,
    pub shape: Shape,
    /// The patches that are enabled before.
    pub before: &'static [&'static PatchSpec],
    /// What functions do without the patch in transition, and with it.
    pub versions: Versions,
    /// Whether tasks run the functions of that patch already.
    pub patched: bool,
    /// What each task does meanwhile.
    pub task: fn(&mut Syscalls),
    /// What happens. Gives whether tasks run the functions of that patch in the end.
    pub change: fn(&mut Engine<Machine>) -> bool,
}

impl Race {
    /// Tries all schedules.
    pub fn explore(self, name: &str) {
        explore(name, self.preemptions, move || self.run());
    }

    fn run(&self) {
        let kernel = Kernel::new(self.shape);
        let mut engine = Engine::new(Machine(kernel.clone()), Policy::default());
        for patch in self.before {
            engine.enable(patch, ()).unwrap();
            settle(&mut engine);
        }
        let tasks = 0..self.shape.tasks;
        let threads: Vec<_> = tasks.map(|task| self.start(&kernel, task)).collect();
        let patched = (self.change)(&mut engine);
        engine.retry().unwrap();
        settle(&mut engine);
        let tasks = threads.into_iter().map(|thread| thread.join().unwrap());
        finish(&mut engine, &mut tasks.collect::<Vec<_>>(), patched);
    }

    fn start(&self, kernel: &Rc<Kernel>, task: usize) -> JoinHandle<Syscalls> {
        kernel.tasks[task].start();
        let patched = self.patched;
        let mut task = Syscalls::new(kernel, task, self.versions, patched);
        let work = self.task;
        thread::spawn(move || {
            work(&mut task);
            task
        })
    }
}

/// If the transition is over, lets calls go the cheapest way.
fn settle(engine: &mut Engine<Machine>) {
    if engine.phase() == Phase::Idle {
        FUNCS.iter().for_each(|_| engine.retry().unwrap());
    }
}

/// Lets all tasks leave the kernel, after which the transition must be over.
fn finish(engine: &mut Engine<Machine>, tasks: &mut [Syscalls], patched: bool) {
    tasks.iter_mut().for_each(Syscalls::exit);
    engine.retry().unwrap();
    assert_eq!(engine.phase(), Phase::Idle, "the transition is not over");
    for task in tasks {
        task.settle(patched);
        task.call(F);
        task.call(G);
    }
}

/// Runs a model in all schedules, and tells how many those are.
pub fn explore(name: &str, preemptions: Option<usize>, model: impl Fn() + Send + Sync + 'static) {
    let started = Instant::now();
    let iterations = Arc::new(AtomicUsize::new(0));
    let counted = iterations.clone();
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = preemptions;
    builder.check(move || {
        counted.fetch_add(1, Relaxed);
        model();
    });
    let iterations = iterations.load(Relaxed);
    println!("{name}: {iterations} iterations, {:.1?}", started.elapsed());
}
