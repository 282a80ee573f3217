// SPDX-License-Identifier: GPL-2.0-only
//! A kernel of two functions and a few tasks.

use std::cell::Cell;
use std::rc::Rc;

use loom::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use loom::sync::atomic::{AtomicBool, AtomicPtr, AtomicU8};
use loom::sync::{Mutex, MutexGuard};

use crate::patches::FUNCS;
use crate::quarantine::{FREED, Quarantine};
use crate::text::Text;
use crate::{FuncStack, PatchState};

/// The kernel. Loom runs all its threads in one, by turns, so they can share what a thread owns.
pub struct Kernel {
    /// Where calls of each of [`FUNCS`] go.
    routes: [AtomicPtr<Route>; FUNCS.len()],
    pub tasks: Vec<Task>,
    /// The state that tasks switch to.
    target: AtomicU8,
    /// Memory of the engine.
    pub memory: Quarantine,
    /// The code of patches.
    pub text: Text,
    pub shape: Shape,
}

/// What a model's kernel is like.
#[derive(Clone, Copy, Default)]
pub struct Shape {
    pub tasks: usize,
    /// Whether calls can go straight to a new function.
    pub direct: bool,
}

/// Where calls of one function go: one word that calls read, as an instruction is that they run.
#[derive(Clone, Copy)]
pub struct Route {
    pub direct: Option<usize>,
    pub handler: *const FuncStack,
}

/// A task, on a CPU of its own.
pub struct Task {
    /// Whether it has left user space for the first time.
    started: Cell<bool>,
    state: AtomicU8,
    pending: AtomicBool,
    /// Held while preemption is disabled. A stretch of code that holds it is before or after a
    /// [`Kernel::synchronize`] and sees, or is seen by, all that is on the other side: no less than
    /// waiting for handlers gives on a real machine, and no more.
    preemption: Mutex<()>,
}

impl Kernel {
    pub fn new(shape: Shape) -> Rc<Self> {
        let memory = Quarantine::new();
        let routes = FUNCS.map(|_| AtomicPtr::new(memory.keep(Route::NONE)));
        let undefined = encode(PatchState::Undefined);
        let task = |_| Task {
            started: Cell::new(false),
            state: AtomicU8::new(undefined),
            pending: AtomicBool::new(false),
            preemption: Mutex::new(()),
        };
        Rc::new(Self {
            routes,
            tasks: (0..shape.tasks).map(task).collect(),
            target: AtomicU8::new(undefined),
            memory,
            text: Text::new(),
            shape,
        })
    }

    /// Where a call of a function goes to that a task makes.
    pub fn call(&self, task: usize, func: usize) -> usize {
        let task = &self.tasks[task];
        let _preemption = task.disable_preemption();
        // SAFETY: routes are kept until the kernel goes.
        let route = unsafe { &*self.routes[func].load(Acquire) };
        if let Some(new) = route.direct {
            return new;
        }
        // SAFETY: memory is kept, too, if only to find who uses what was freed.
        let Some(stack) = (unsafe { route.handler.as_ref() }) else {
            return FUNCS[func].old;
        };
        let chosen = stack.choose(|| {
            let state = task.state();
            assert_ne!(state, PatchState::Undefined, "a mark, but no state");
            state
        });
        self.memory.assert_in_use(route.handler);
        assert_ne!(
            chosen,
            Some(FREED),
            "a handler read a function that was freed"
        );
        chosen.unwrap_or(FUNCS[func].old)
    }

    /// A task leaves the kernel (`klp_update_patch_state`). Gives the state that it switches to, if
    /// it was told to switch.
    pub fn exit(&self, task: usize) -> Option<PatchState> {
        let task = &self.tasks[task];
        let _preemption = task.disable_preemption();
        // Acquire: pairs with the release in `Task::set_pending`.
        if !task.pending.swap(false, Acquire) {
            return None;
        }
        let target = decode(self.target.load(Relaxed));
        assert_ne!(target, PatchState::Undefined, "a flag, but no target");
        task.set_state(target);
        Some(target)
    }

    pub fn synchronize(&self) {
        for task in &self.tasks {
            drop(task.disable_preemption());
        }
    }

    pub fn set_target(&self, target: PatchState) {
        if target == PatchState::Undefined {
            // Who writes sees the last value, and none before.
            let left = |task: &Task| task.pending.fetch_or(false, Relaxed);
            assert!(!self.tasks.iter().any(left), "a flag is left");
        }
        self.target.store(encode(target), Relaxed);
    }

    /// Lets calls of a function go another way from now on.
    pub fn set_route(&self, func: usize, route: Route) {
        // Release: pairs with the acquire in `call`.
        self.routes[func].store(self.memory.keep(route), Release);
    }
}

impl Route {
    /// To the function itself.
    pub const NONE: Self = Self {
        direct: None,
        handler: std::ptr::null(),
    };
}

impl Task {
    /// Lets the task run; until then it sleeps where nothing keeps it from switching.
    pub fn start(&self) {
        self.started.set(true);
    }

    pub fn started(&self) -> bool {
        self.started.get()
    }

    pub fn state(&self) -> PatchState {
        decode(self.state.load(Relaxed))
    }

    pub fn set_state(&self, state: PatchState) {
        self.state.store(encode(state), Relaxed);
    }

    pub fn pending(&self) -> bool {
        self.pending.load(Relaxed)
    }

    pub fn set_pending(&self, pending: bool) {
        // Release: pairs with the acquire in `Kernel::exit`. Who sees the flag sees the target, the
        // marks, and the functions. A swap, as `set_bit` is: one of two flips comes last.
        self.pending.swap(pending, Release);
    }

    fn disable_preemption(&self) -> MutexGuard<'_, ()> {
        self.preemption.lock().unwrap()
    }
}

fn encode(state: PatchState) -> u8 {
    match state {
        PatchState::Undefined => 0,
        PatchState::Unpatched => 1,
        PatchState::Patched => 2,
    }
}

fn decode(state: u8) -> PatchState {
    match state {
        0 => PatchState::Undefined,
        1 => PatchState::Unpatched,
        _ => PatchState::Patched,
    }
}
