// SPDX-License-Identifier: GPL-2.0-only
//! The simulated kernel: CPUs, tasks, modules and call sites, and what they do step by step.

use crate::catalog::{Catalog, Op};
use crate::choice::Choices;
use crate::event::Event;
use crate::fault::Fault;
use crate::figures::Figures;
use crate::memory::Accounts;
use crate::oracle::Oracle;
use crate::path::Path;
use crate::task::{Base, Entry, Frame, Kind, Mode, Task};
use klp_runtime::{Direct, Errno, FuncStack, PatchState};
use std::collections::BTreeMap;

/// What a run is like.
#[derive(Clone, Copy, Debug)]
pub struct Config {
    /// What there is.
    pub catalog: &'static Catalog,
    /// CPUs.
    pub cpus: usize,
    /// User tasks at the start.
    pub users: usize,
    /// Kernel threads.
    pub kthreads: usize,
    /// The most tasks there may be, forked ones included.
    pub most_tasks: usize,
    /// Whether what can fail sometimes does.
    pub faults: bool,
    /// Whether there are interrupts, forks, exits, unreliable stacks and CPU hotplug.
    pub lively: bool,
}

/// A call site of a function.
#[derive(Clone, Copy, Debug, Default)]
pub struct Site {
    /// The stack that the handler asks, as long as one may be running.
    pub handler: Option<*const FuncStack>,
    /// Whether calls go to the handler.
    pub traced: bool,
    /// Where calls go straight, if they do.
    pub direct: Option<usize>,
}

/// A CPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cpu {
    /// Whether it is.
    pub online: bool,
    /// The task on it; `None` for its idle task.
    pub task: Option<usize>,
}

/// How a module is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Module {
    /// Being loaded: symbols can be found, no code runs.
    Coming,
    /// In use.
    Live,
    /// Its exit has run.
    Going,
}

/// Something that can happen next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// A running task does its next step.
    Step(usize),
    /// A task is taken off its CPU.
    Preempt(usize),
    /// A task is put on a CPU.
    Run(usize, usize),
    /// A sleeping task is woken.
    Wake(usize),
    /// An interrupt comes where a task is running.
    Interrupt(usize),
    /// A task makes another.
    Fork(usize),
    /// A task ends.
    Exit(usize),
    /// A task's stack becomes unreliable, or reliable again.
    Unreliable(usize),
    /// A CPU goes offline, or comes online.
    Hotplug(usize),
}

/// The simulated kernel.
#[derive(Clone)]
pub struct World {
    /// What the run is like.
    pub config: Config,
    pub(crate) choices: Choices,
    /// All tasks, idle ones included.
    pub tasks: Vec<Task>,
    /// The CPUs.
    pub cpus: Vec<Cpu>,
    /// The modules that are loaded, or being.
    pub modules: BTreeMap<&'static str, Module>,
    /// The call sites of the functions, by their numbers.
    pub sites: Vec<Site>,
    /// `klp_target_state`.
    pub target: PatchState,
    /// The patches whose modules cannot be unloaded.
    pub acquired: Vec<usize>,
    /// The patches and objects whose addresses are in the patches' code.
    pub relocated: Vec<(usize, &'static str)>,
    /// Nanoseconds since boot.
    pub now: u64,
    /// When the engine is to be called.
    pub retry: Option<u64>,
    /// The failure to come, if any.
    pub fault: Option<Fault>,
    /// The objects whose pre_patch callbacks refuse, and with what.
    pub refusing: BTreeMap<&'static str, Errno>,
    pub(crate) events: Vec<Event>,
    pub(crate) log: Vec<String>,
    pub(crate) figures: Figures,
    /// The memory that the engine has.
    pub accounts: Accounts,
    pub(crate) oracle: Oracle,
    /// Whether the list of tasks may not change.
    pub(crate) tasks_locked: bool,
    /// The task that is kept off its CPU.
    pub(crate) pinned: Option<usize>,
    /// Those that the engine waits for.
    pub(crate) waiting: Vec<usize>,
    /// How it came to be, if it is one of many in a search; that takes the place of a log.
    pub(crate) path: Option<Path>,
    next_pid: usize,
}

impl World {
    /// A kernel that has booted.
    pub fn new(config: Config, choices: Choices) -> Self {
        let idle = (0..config.cpus).map(Kind::Idle);
        let kthreads = (0..config.kthreads).map(|_| Kind::Kthread);
        let users = (0..config.users).map(|_| Kind::User);
        let kinds = idle.chain(kthreads).chain(users).enumerate();
        let tasks: Vec<_> = kinds
            .map(|(pid, kind)| Task::new(pid, kind, config.catalog))
            .collect();
        let cpu = Cpu {
            online: true,
            task: None,
        };
        let mut world = Self {
            choices,
            next_pid: tasks.len(),
            tasks,
            cpus: vec![cpu; config.cpus],
            modules: BTreeMap::new(),
            sites: vec![Site::default(); config.catalog.functions.len()],
            target: PatchState::Undefined,
            acquired: Vec::new(),
            relocated: Vec::new(),
            now: 0,
            retry: None,
            fault: None,
            refusing: BTreeMap::new(),
            events: Vec::new(),
            log: Vec::new(),
            figures: Figures::default(),
            accounts: Accounts::default(),
            oracle: Oracle::new(),
            tasks_locked: false,
            pinned: None,
            waiting: Vec::new(),
            path: None,
            config,
        };
        for cpu in 0..world.cpus.len() {
            world.idle(cpu, true);
        }
        world
    }

    /// One of many in a search: its tasks are numbered from here.
    pub(crate) fn in_search(mut self, first: usize) -> Self {
        self.tasks.iter_mut().for_each(|task| task.pid += first);
        self.path = Some(Path::default());
        self
    }

    /// Writes something to the log, if there is one.
    pub(crate) fn note(&mut self, what: impl FnOnce() -> String) {
        if self.path.is_none() {
            self.log.push(what());
        }
    }

    /// Whether an object's code can run.
    pub(crate) fn is_live(&self, object: &str) -> bool {
        match self.config.catalog.modules.contains(&object) {
            true => self.modules.get(object) == Some(&Module::Live),
            false => true,
        }
    }

    pub(crate) fn index(&self, pid: usize) -> Option<usize> {
        self.tasks.iter().position(|task| task.pid == pid)
    }

    pub(crate) fn task(&self, pid: usize) -> &Task {
        let at = self.index(pid);
        &self.tasks[at.expect("tasks stay while the list is locked")]
    }

    pub(crate) fn task_mut(&mut self, pid: usize) -> &mut Task {
        let at = self.index(pid);
        &mut self.tasks[at.expect("tasks stay while the list is locked")]
    }

    /// Whether a task is not the idle one of a CPU that is offline.
    pub(crate) fn is_online(&self, pid: usize) -> bool {
        match self.task(pid).kind {
            Kind::Idle(cpu) => self.cpus[cpu].online,
            _ => true,
        }
    }

    fn idle(&mut self, cpu: usize, running: bool) {
        let mut tasks = self.tasks.iter();
        if let Some(at) = tasks.position(|task| task.kind == Kind::Idle(cpu)) {
            self.tasks[at].running = running;
            self.rest(at);
        }
    }

    /// All that can happen next, whether the core is at work or not.
    pub fn acts(&self) -> Vec<Act> {
        let mut acts = Vec::new();
        for (at, task) in self.tasks.iter().enumerate() {
            if self.pinned != Some(task.pid) {
                self.acts_of(at, task, &mut acts);
            }
        }
        if self.config.lively && !self.tasks_locked {
            let idle = |cpu: &usize| self.cpus[*cpu].task.is_none() && !self.idle_is_busy(*cpu);
            acts.extend((1..self.cpus.len()).filter(idle).map(Act::Hotplug));
        }
        acts
    }

    fn idle_is_busy(&self, cpu: usize) -> bool {
        let mut tasks = self.tasks.iter();
        tasks.any(|task| task.kind == Kind::Idle(cpu) && (task.mode != Mode::Outside))
    }

    fn acts_of(&self, at: usize, task: &Task, acts: &mut Vec<Act>) {
        let user = task.kind == Kind::User;
        let idle = matches!(task.kind, Kind::Idle(_));
        if task.running {
            if !idle || self.idle_has_work(task) {
                acts.push(Act::Step(at));
            }
            if !task.preemption_disabled() && !idle {
                acts.push(Act::Preempt(at));
            }
            if self.config.lively {
                self.lively_acts(at, task, acts);
            }
        } else if task.mode == Mode::Asleep {
            acts.push(Act::Wake(at));
        } else if let (false, Some(cpu)) = (idle, self.free_cpu()) {
            acts.push(Act::Run(at, cpu));
        }
        if self.config.lively && !task.running && user {
            acts.push(Act::Unreliable(at));
        }
    }

    fn lively_acts(&self, at: usize, task: &Task, acts: &mut Vec<Act>) {
        if !task.in_interrupt() && !matches!(task.mode, Mode::Leaving(_)) {
            acts.push(Act::Interrupt(at));
        }
        let user = task.kind == Kind::User && !self.tasks_locked && !task.in_interrupt();
        if user && task.mode == Mode::Kernel && self.tasks.len() < self.config.most_tasks {
            acts.push(Act::Fork(at));
        }
        if user && task.mode == Mode::Outside && self.users() > 1 {
            acts.push(Act::Exit(at));
        }
    }

    fn users(&self) -> usize {
        self.tasks
            .iter()
            .filter(|task| task.kind == Kind::User)
            .count()
    }

    fn idle_has_work(&self, task: &Task) -> bool {
        task.pending || task.mode != Mode::Outside
    }

    /// A CPU whose idle task can be put aside.
    fn free_cpu(&self) -> Option<usize> {
        let free = |cpu: &usize| {
            let Cpu { online, task } = self.cpus[*cpu];
            online && task.is_none() && !self.idle_is_busy(*cpu)
        };
        (0..self.cpus.len()).find(free)
    }

    /// Something happens.
    pub fn act(&mut self, act: Act) {
        self.figures.acts += 1;
        self.note(|| format!("  {act:?}"));
        match act {
            Act::Step(at) => self.step(at),
            Act::Preempt(at) => self.take_off(at),
            Act::Run(at, cpu) => self.put_on(at, cpu),
            Act::Wake(at) => self.wake(at),
            Act::Interrupt(at) => self.interrupt(at),
            Act::Fork(at) => self.fork(at),
            Act::Exit(at) => self.exit(at),
            Act::Unreliable(at) => self.tasks[at].unreliable ^= true,
            Act::Hotplug(cpu) => {
                self.cpus[cpu].online ^= true;
                self.idle(cpu, self.cpus[cpu].online);
            }
        }
    }

    pub(crate) fn take_off(&mut self, at: usize) {
        let pid = self.tasks[at].pid;
        self.tasks[at].running = false;
        if let Some(cpu) = self.cpus.iter().position(|cpu| cpu.task == Some(pid)) {
            self.cpus[cpu].task = None;
            self.idle(cpu, true);
        }
        self.rest(at);
    }

    fn put_on(&mut self, at: usize, cpu: usize) {
        self.idle(cpu, false);
        self.cpus[cpu].task = Some(self.tasks[at].pid);
        self.tasks[at].running = true;
    }

    pub(crate) fn wake(&mut self, at: usize) {
        self.tasks[at].mode = Mode::Kernel;
    }

    fn interrupt(&mut self, at: usize) {
        let body = self.config.catalog.interrupt;
        self.tasks[at].mode = Mode::Kernel;
        self.tasks[at]
            .stack
            .push(Frame::Base(Base::Interrupt, body, 0));
    }

    /// `copy_process`: the child is seen and has its parent's state at the same time.
    fn fork(&mut self, at: usize) {
        let parent = &self.tasks[at];
        let mut child = Task::new(self.next_pid, Kind::User, self.config.catalog);
        child.state = parent.state;
        child.pending = parent.pending;
        self.oracle.fork(parent.pid, child.pid);
        self.next_pid += 1;
        self.tasks.push(child);
    }

    fn exit(&mut self, at: usize) {
        self.take_off(at);
        self.tasks.remove(at);
    }

    /// Tells the oracle that a task has come to rest.
    fn rest(&mut self, at: usize) {
        self.oracle.rest(self.config.catalog, &self.tasks[at]);
    }

    /// A running task does its next step.
    pub(crate) fn step(&mut self, at: usize) {
        let task = &mut self.tasks[at];
        match task.mode {
            Mode::Asleep => {}
            Mode::Leaving(None) => task.mode = Mode::Leaving(Some(self.target.into())),
            Mode::Leaving(Some(target)) => {
                task.state = target;
                self.leave(at);
            }
            Mode::Outside if task.signalled || task.kind != Kind::User => self.exit_work(at),
            Mode::Outside => {
                let which = self.choices.pick(self.config.catalog.syscalls.len());
                let body = self.config.catalog.syscalls[which];
                let task = &mut self.tasks[at];
                task.mode = Mode::Kernel;
                task.stack.push(Frame::Base(Base::Syscall, body, 0));
            }
            Mode::Kernel => self.step_in_kernel(at),
        }
    }

    /// What is done on the way out of the kernel, and in the idle loop
    /// (`klp_update_patch_state`).
    fn exit_work(&mut self, at: usize) {
        let task = &mut self.tasks[at];
        if task.pending {
            task.pending = false;
            task.mode = Mode::Leaving(None);
        } else {
            self.leave(at);
        }
    }

    fn leave(&mut self, at: usize) {
        let task = &mut self.tasks[at];
        task.mode = Mode::Outside;
        task.signalled = false;
        self.rest(at);
    }

    fn step_in_kernel(&mut self, at: usize) {
        match self.tasks[at].stack.last_mut() {
            Some(Frame::Base(_, body, done) | Frame::Body(_, body, done)) => {
                let op = body.get(*done).copied();
                *done += 1;
                match op {
                    Some(Op::Call(function)) => self.call(at, function),
                    Some(Op::Sleep) => self.sleep(at),
                    Some(Op::Work) => {}
                    None => self.ret(at),
                }
            }
            Some(Frame::Entry(function, entry)) => {
                let (function, entry) = (*function, *entry);
                self.enter(at, function, entry);
            }
            None => self.exit_work(at),
        }
    }

    fn call(&mut self, at: usize, function: usize) {
        if self.is_live(self.config.catalog.functions[function].object) {
            self.tasks[at]
                .stack
                .push(Frame::Entry(function, Entry::Called));
        }
    }

    fn sleep(&mut self, at: usize) {
        let task = &mut self.tasks[at];
        if !task.in_interrupt() && !task.signalled {
            task.mode = Mode::Asleep;
            self.take_off(at);
        }
    }

    /// Calls of a function go straight to the new one. The code of the old one is changed for that
    /// if nobody is in it.
    pub fn attach_direct(&mut self, function: usize, direct: Direct) {
        let old = self.config.catalog.old(function).code.start;
        let inside = |task: &&Task| task.functions().any(|start| start == old);
        let found = self.tasks.iter().find(inside).map(|task| task.pid);
        if let Some(pid) = found.filter(|_| direct.old_is_left) {
            let what = format!("code of {function} is changed, and task {pid} is in it");
            self.oracle.violated(what);
        }
        self.sites[function].direct = Some(direct.new);
    }

    /// A call of a function that can be patched goes on: by a direct route, by the handler, or to
    /// the function itself.
    fn enter(&mut self, at: usize, function: usize, entry: Entry) {
        let Site {
            handler,
            traced,
            direct,
        } = self.sites[function];
        let old = self.config.catalog.old(function).code.start;
        let state = PatchState::from(self.tasks[at].state);
        let handler = handler.filter(|_| traced || entry == Entry::Handler);
        let next = match (entry, direct, handler) {
            (Entry::Called, Some(direct), _) => Entry::Sent(direct),
            (Entry::Called, None, Some(_)) => Entry::Handler,
            // SAFETY: the stack stays where it is while its handler is attached.
            (Entry::Handler, _, Some(stack)) => match unsafe { &*stack }.choose(|| state) {
                Some(new) => Entry::Sent(new),
                None => Entry::Sent(old),
            },
            (Entry::Handler, _, None) => {
                self.oracle
                    .violated("a handler runs that was detached".into());
                Entry::Sent(old)
            }
            (Entry::Called, None, None) => Entry::Sent(old),
            (Entry::Sent(start), ..) => return self.arrive(at, function, start),
        };
        if let Entry::Sent(start) = next {
            self.oracle
                .call(self.config.catalog, &self.tasks[at], function, start);
        }
        if let Some(frame) = self.tasks[at].stack.last_mut() {
            *frame = Frame::Entry(function, next);
        }
    }

    fn arrive(&mut self, at: usize, function: usize, start: usize) {
        let body = self.config.catalog.functions[function].body;
        if let Some(frame) = self.tasks[at].stack.last_mut() {
            *frame = Frame::Body(start, body, 0);
        }
    }

    fn ret(&mut self, at: usize) {
        let task = &mut self.tasks[at];
        match task.stack.pop() {
            Some(Frame::Base(Base::Kthread, body, _)) => {
                task.stack.push(Frame::Base(Base::Kthread, body, 0));
            }
            // An interrupt of user space leaves the kernel like anything else; one of the idle
            // task does not.
            Some(Frame::Base(..)) if task.stack.is_empty() => match task.kind {
                Kind::User => self.exit_work(at),
                _ => task.mode = Mode::Outside,
            },
            _ => {}
        }
    }
}
