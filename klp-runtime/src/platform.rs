// SPDX-License-Identifier: GPL-2.0-only
//! What the engine needs of a kernel.

use crate::contract::{CallbackKind, RawCallback};
use crate::line::Line;
use crate::memory::{Boxed, Memory};
use crate::patch::Patch;
use crate::redirect::{Code, Direct, FuncStack, PatchState};
use crate::spec::StateSpec;
use crate::{Errno, Error};
use core::fmt::Display;

/// A kernel, or what stands for one.
///
/// All methods are called under the lock of the engine, in a context that may sleep, unless they
/// say otherwise. What the kernel itself does meanwhile, on any CPU, is this:
///
/// - A call of a function goes to its direct route if it has one, else where its handler's
///   [`FuncStack::choose`] says, else to the function itself.
/// - A task that leaves the kernel, and an idle task in its loop, clears its pending flag; if that
///   was set, its state becomes the [target](Self::set_target) (`klp_update_patch_state`).
/// - A new task gets its parent's state and flag in the same critical section that lets
///   [`for_each_task`](Self::for_each_task) see it (`klp_copy_process`).
/// - An interrupt has the state of the task it interrupts.
pub trait Platform: Memory {
    /// A task, while the call that gave it lasts. Prints as `comm:pid`.
    type Task: Copy + Display;
    /// An object that is loaded: the kernel itself or a module.
    type Object: Copy;
    /// The module that a patch is in.
    type Module: Copy;
    /// What redirects calls of one function.
    type Hook;

    /// The object of this name, if it is loaded and has not started to go. For the kernel itself
    /// there always is one.
    fn find_object(&self, name: &str) -> Option<Self::Object>;

    /// A function of an object, by name and position (see [`FuncSpec`](crate::FuncSpec)).
    ///
    /// # Errors
    /// [`Error::NoSymbol`], [`Error::AmbiguousSymbol`], [`Error::NoSuchPosition`],
    /// [`Error::NotTraceable`].
    fn resolve(&self, object: Self::Object, symbol: &str, sympos: u64) -> Result<OldFunc, Error>;

    /// The code of the new function at `address`.
    ///
    /// # Errors
    /// [`Error::NoSymbol`].
    fn new_code(&self, address: usize) -> Result<Code, Error>;

    /// Writes the addresses of an object's symbols into the patch's code (`.klp.rela.OBJECT.*`).
    /// Not called for the kernel itself, whose symbols the module loader resolves.
    ///
    /// # Errors
    /// [`Error::NoSymbol`] and its like.
    fn relocate(&self, module: Self::Module, object: Self::Object) -> Result<(), Error>;

    /// Undoes [`relocate`](Self::relocate), when the object goes.
    fn unrelocate(&self, module: Self::Module, object: Self::Object);

    /// Keeps the patch's module from being unloaded, and shows the patch to administrators.
    ///
    /// # Errors
    /// [`Error::ModuleGone`], [`Error::NoMemory`], [`Error::Kernel`].
    fn acquire(&self, patch: &Patch<Self>) -> Result<(), Error>;

    /// Undoes [`acquire`](Self::acquire): no task is in the patch's code any more. A patch that
    /// was [forced](Patch::forced) keeps its module for ever, for some task may.
    fn release(&self, patch: &Patch<Self>);

    /// A hook for a function, which does nothing yet.
    fn hook(&self, old: &OldFunc) -> Self::Hook;

    /// Lets calls of the function go where `stack` chooses. `stack` stays where it is until
    /// [`detach_handler`](Self::detach_handler) is over.
    ///
    /// # Errors
    /// [`Error::Taken`], [`Error::NoMemory`], [`Error::Kernel`].
    fn attach_handler(&self, hook: &mut Self::Hook, stack: &FuncStack) -> Result<(), Error>;

    /// Undoes [`attach_handler`](Self::attach_handler). No handler is running when it returns.
    fn detach_handler(&self, hook: &mut Self::Hook);

    /// Lets calls of the function go straight to the new one, whether a handler is attached or not:
    /// the cheapest way there is for this function.
    ///
    /// # Errors
    /// Any: the function then stays with its handler.
    fn attach_direct(&self, hook: &mut Self::Hook, direct: Direct) -> Result<(), Error>;

    /// Undoes [`attach_direct`](Self::attach_direct). No task is on its way when it returns.
    ///
    /// # Errors
    /// [`Error::Taken`]: calls still take the route.
    fn detach_direct(&self, hook: &mut Self::Hook) -> Result<(), Error>;

    /// Sets the state that tasks switch to (`klp_target_state`). [`PatchState::Undefined`] lets
    /// others have transitions again.
    ///
    /// # Errors
    /// [`Error::InTransition`] if somebody else has one; not for `Undefined`, nor when it is ours.
    fn set_target(&self, target: PatchState) -> Result<(), Error>;

    /// Visits all tasks but the idle ones. No task comes or goes meanwhile; `visit` may not sleep.
    fn for_each_task(&self, visit: &mut dyn FnMut(Self::Task));

    /// Visits the idle task of each CPU that there can be, with whether the CPU is online. No CPU
    /// comes or goes meanwhile; `visit` may not sleep.
    fn for_each_idle_task(&self, visit: &mut dyn FnMut(Self::Task, bool));

    /// What the task is.
    fn kind(&self, task: Self::Task) -> TaskKind;

    /// The task's patch state.
    fn state(&self, task: Self::Task) -> PatchState;

    /// Sets the task's patch state.
    fn set_state(&self, task: Self::Task, state: PatchState);

    /// Whether the task is to switch when it leaves the kernel (`TIF_PATCH_PENDING`).
    fn pending(&self, task: Self::Task) -> bool;

    /// Tells the task to switch when it leaves the kernel, or not to.
    ///
    /// Who sees the flag sees all that was written before.
    fn set_pending(&self, task: Self::Task, pending: bool);

    /// Shows a task's stack to `look`, once; the task stays off the CPU meanwhile unless it is
    /// [`Stack::Running`] (`task_call_func`, `stack_trace_save_tsk_reliable`). `look` may not sleep.
    fn with_stack(&self, task: Self::Task, look: &mut dyn FnMut(Stack<'_>));

    /// Helps a task along that holds a transition up.
    fn nudge(&self, task: Self::Task, nudge: Nudge);

    /// Waits until all code is over that runs now with preemption disabled, on CPUs that RCU does
    /// not watch, too (`klp_synchronize_transition`).
    fn synchronize(&self);

    /// Lets others run. Called between steps that other CPUs can see one by one.
    fn breathe(&self) {}

    /// Runs a callback.
    ///
    /// # Errors
    /// What the callback returned; only those of [`CallbackKind::PrePatch`] count.
    fn call(&self, callback: &Callback<'_, Self>) -> Result<(), Errno>;

    /// Nanoseconds since some moment.
    fn now(&self) -> u64;

    /// Has [`Engine::retry`](crate::Engine::retry) called after so many nanoseconds, once, in
    /// place of any earlier wish: soon if it is 0. The lock of the engine is not held then.
    fn retry_after(&self, nanoseconds: u64);

    /// Prints a line to the kernel log.
    fn log(&self, line: &Line<'_>);
}

/// An old function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OldFunc {
    /// All of it.
    pub code: Code,
    /// Its first instructions, up to where the call to the tracer returns to. A task whose stack
    /// goes through here has entered the function and has yet to be sent to one version.
    pub entry: Code,
}

/// What a task is, which decides how it can be helped along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskKind {
    /// It has a user space to return to.
    User,
    /// A kernel thread.
    Kthread,
    /// A CPU's idle task.
    Idle,
}

/// A task's stack, as far as it can be known.
#[derive(Clone, Copy, Debug)]
pub enum Stack<'a> {
    /// The task is running on another CPU.
    Running,
    /// The stack cannot be walked to its end.
    Unreliable,
    /// The addresses on it: where the task is, and where each call returns to.
    Addresses(&'a [usize]),
}

/// How to help a task along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nudge {
    /// Interrupt the CPU that it runs on, so that it leaves the kernel once (`kick_process`).
    Kick,
    /// Make it return to user space, as a signal would (`set_notify_signal`).
    Signal,
    /// Wake it if it sleeps interruptibly (`wake_up_state`).
    Wake,
    /// Make it go through the idle loop (`wake_up_if_idle`).
    WakeIdle,
}

/// A callback to run.
pub struct Callback<'a, P: Platform> {
    /// Which of the four.
    pub kind: CallbackKind,
    /// What the author wrote.
    pub function: RawCallback,
    /// The patch.
    pub patch: &'a Patch<P>,
    /// The name of the object.
    pub name: &'a str,
    /// The object.
    pub object: P::Object,
    pub(crate) earlier: &'a [Boxed<Patch<P>, P>],
}

impl<P: Platform> Callback<'_, P> {
    /// What the patches that were enabled earlier say about a change to the system; the latest
    /// counts (`klp_get_prev_state`).
    pub fn previous_state(&self, id: u64) -> Option<&'static StateSpec> {
        self.previous_patch(id)?.spec().state(id)
    }

    /// The patch that says it.
    pub fn previous_patch(&self, id: u64) -> Option<&Patch<P>> {
        let mut earlier = self.earlier.iter().rev().map(|patch| &**patch);
        earlier.find(|patch| patch.spec().state(id).is_some())
    }
}
