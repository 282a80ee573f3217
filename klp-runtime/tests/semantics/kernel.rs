// SPDX-License-Identifier: GPL-2.0-only
//! A kernel to try rules in.

use crate::catalog::{CALLS, CATALOG};
use klp_runtime::contract::CallbackKind;
use klp_runtime::{Error, PatchState, Phase, Policy};
use klp_sim::choice::Choices;
use klp_sim::task::{Base, Entry, Frame, Kind, Mode, Task};
use klp_sim::{Act, Config, Event, Machine, Op, World};
use std::ops::{Deref, DerefMut};
use std::thread;

/// A kernel in which nothing happens but what a test does.
///
/// When it goes, everything is brought to its end: whatever did not hold on the way, or is left
/// then, fails the test.
pub struct Kernel(Option<Machine>);

impl Kernel {
    /// One with two CPUs and two user tasks.
    pub fn new() -> Self {
        Self::boot(0, Policy::default())
    }

    /// The same with kernel threads, and with a policy.
    pub fn boot(kthreads: usize, policy: Policy) -> Self {
        let config = Config {
            catalog: &CATALOG,
            cpus: 2,
            users: 2,
            kthreads,
            most_tasks: 8,
            faults: false,
            lively: false,
        };
        let choices = Choices::replay(Vec::new());
        Self(Some(Machine::new(config, choices, policy)))
    }

    /// One where these patches are enabled, in order.
    pub fn with_patches(patches: &[usize]) -> Self {
        let mut kernel = Self::new();
        for patch in patches {
            kernel.on(*patch);
        }
        kernel.take_seen();
        kernel
    }

    /// Loads the module of a patch.
    pub fn enable(&mut self, patch: usize) -> Result<(), Error> {
        self.run(Op::Enable(patch))
    }

    /// Writes to a patch's `enabled`.
    pub fn set_enabled(&mut self, patch: usize, enabled: bool) -> Result<(), Error> {
        self.run(Op::SetEnabled(patch, enabled))
    }

    /// Writes 0 to a patch's `enabled`.
    pub fn disable(&mut self, patch: usize) -> Result<(), Error> {
        self.set_enabled(patch, false)
    }

    /// Enables a patch, and waits until it is.
    pub fn on(&mut self, patch: usize) {
        self.enable(patch).unwrap();
        self.settle();
    }

    /// Disables a patch, and waits until it is.
    pub fn off(&mut self, patch: usize) {
        self.disable(patch).unwrap();
        self.settle();
    }

    /// Loads a module.
    pub fn load(&mut self, module: &'static str) -> Result<(), Error> {
        self.run(Op::Load(module))
    }

    /// Unloads a module.
    pub fn unload(&mut self, module: &'static str) {
        self.run(Op::Unload(module)).unwrap();
    }

    /// The idle tasks go on, and the engine looks again. Nobody else does anything.
    pub fn look(&mut self) {
        for cpu in 0..2 {
            self.go_on(cpu);
        }
        self.run(Op::Tick).unwrap();
    }

    /// Whether a transition is under way.
    pub fn in_transition(&self) -> bool {
        self.engine().phase() != Phase::Idle
    }
}

/// Tasks, by their numbers: idle tasks are first, then kernel threads.
impl Kernel {
    /// The user tasks.
    pub fn users(&self) -> [usize; 2] {
        let user = |task: &&Task| task.kind == Kind::User;
        self.with(|world| {
            let mut users = world.tasks.iter().filter(user).map(|task| task.pid);
            [(); 2].map(|()| users.next().unwrap())
        })
    }

    /// Looks at a task, or changes it.
    pub fn task<R>(&self, pid: usize, f: impl FnOnce(&mut Task) -> R) -> R {
        self.with(|world| {
            let at = index(world, pid);
            f(&mut world.tasks[at])
        })
    }

    /// A task's patch state.
    pub fn state(&self, pid: usize) -> PatchState {
        self.task(pid, |task| task.state.into())
    }

    /// Puts a user task to sleep in a function, and says which task.
    pub fn sleep_in(&self, function: usize) -> usize {
        let outside = |pid: &usize| self.task(*pid, |task| task.mode == Mode::Outside);
        let pid = self.users().into_iter().find(outside).unwrap();
        self.task(pid, |task| {
            task.mode = Mode::Kernel;
            let call = Frame::Base(Base::Syscall, CALLS[function], 0);
            task.stack.push(call);
        });
        while self.task(pid, |task| task.mode != Mode::Asleep) {
            self.step(pid);
        }
        pid
    }

    /// A task does one step.
    pub fn step(&self, pid: usize) {
        self.with(|world| world.act(Act::Step(index(world, pid))));
    }

    /// A task wakes up if it sleeps, and goes on until it is outside the kernel.
    pub fn go_on(&self, pid: usize) {
        if self.task(pid, |task| task.mode == Mode::Asleep) {
            self.task(pid, |task| task.mode = Mode::Kernel);
        }
        let idle = self.task(pid, |task| matches!(task.kind, Kind::Idle(_)));
        if idle && self.task(pid, |task| task.running) {
            self.step(pid);
        }
        while self.task(pid, |task| task.mode != Mode::Outside) {
            self.step(pid);
        }
    }

    /// The patch whose version a task runs when it calls a function; `None` for the old function.
    pub fn version_for(&self, pid: usize, function: usize) -> Option<usize> {
        let before = self.task(pid, |task| task.clone());
        self.task(pid, |task| {
            task.mode = Mode::Kernel;
            task.stack.push(Frame::Entry(function, Entry::Called));
        });
        let start = loop {
            if let Some(Frame::Body(start, ..)) = self.task(pid, |task| task.stack.last().copied())
            {
                break start;
            }
            self.step(pid);
        };
        self.task(pid, |task| *task = before);
        CATALOG.patch_at(start)
    }

    /// The same for a task in user space.
    pub fn version(&self, function: usize) -> Option<usize> {
        self.version_for(self.users()[1], function)
    }
}

/// What is seen.
impl Kernel {
    /// All callbacks and lines since the last question.
    pub fn take_seen(&self) -> Vec<Event> {
        self.with(World::take_events)
    }

    /// The callbacks since the last question, as `PATCH: KIND OBJECT`.
    pub fn callbacks(&self) -> Vec<String> {
        let seen = self.take_seen();
        let callbacks = seen.into_iter().filter_map(|event| match event {
            Event::Callback(called) => Some(called),
            Event::Line { .. } => None,
        });
        callbacks
            .map(|called| format!("{}: {} {}", called.patch, kind(called.kind), called.object))
            .collect()
    }

    /// The lines since the last question.
    pub fn lines(&self) -> Vec<String> {
        let seen = self.take_seen();
        let lines = seen.into_iter().filter_map(|event| match event {
            Event::Callback(_) => None,
            Event::Line { text, .. } => Some(text),
        });
        lines.collect()
    }
}

fn index(world: &World, pid: usize) -> usize {
    let mut tasks = world.tasks.iter();
    tasks.position(|task| task.pid == pid).unwrap()
}

const fn kind(kind: CallbackKind) -> &'static str {
    match kind {
        CallbackKind::PrePatch => "pre_patch",
        CallbackKind::PostPatch => "post_patch",
        CallbackKind::PreUnpatch => "pre_unpatch",
        CallbackKind::PostUnpatch => "post_unpatch",
    }
}

impl Deref for Kernel {
    type Target = Machine;

    fn deref(&self) -> &Machine {
        self.0.as_ref().unwrap()
    }
}

impl DerefMut for Kernel {
    fn deref_mut(&mut self) -> &mut Machine {
        self.0.as_mut().unwrap()
    }
}

impl Drop for Kernel {
    fn drop(&mut self) {
        if let (false, Some(machine)) = (thread::panicking(), self.0.take()) {
            assert_eq!(machine.wind_up(), None);
        }
    }
}
