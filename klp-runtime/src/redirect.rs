// SPDX-License-Identifier: GPL-2.0-only
//! What a call of a patched function sees: the stack of its replacements, read without locks.
//!
//! The engine writes a [`FuncStack`] under its lock; handlers read it on any CPU at any time, with
//! preemption disabled, which is what [`synchronize`](crate::Platform::synchronize) waits for.
//!
//! | the engine writes | then | the handler reads | and sees |
//! |---|---|---|---|
//! | all tasks' patch states | [`Node::set_transition`]`(true)` | the mark | the task's state |
//! | the mark | [`FuncStack::push`] | the top | the mark |
//! | the mark | the pending flags | its flag, cleared at kernel exit | the mark |
//! | [`FuncStack::remove`] | synchronize, then the mark off | the top | never a removed one without a mark |
//! | the mark off | synchronize, then states undefined | the mark | a state only while it is defined |
//! | a state by force | synchronize, then [`FuncStack::remove`] | its state | below the top what it ran before |
//!
//! `tests/redirect_model` has a model of each row, and `mutations/redirect.toml` shows that none
//! can be left out.

use crate::sync::{AtomicBool, AtomicPtr, Ordering};
use core::ptr::{NonNull, null_mut};

/// The patch state of a task while a transition is under way (`patch_state` of `task_struct`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatchState {
    /// No transition is under way (-1).
    Undefined,
    /// The task runs functions as they are without the patch in transition (0).
    Unpatched,
    /// The task runs the functions of the patch in transition (1).
    Patched,
}

/// A stretch of code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// The address of its first byte.
    pub start: usize,
    /// Its size in bytes.
    pub size: usize,
}

impl Code {
    /// Whether a return address lies in it.
    ///
    /// The end counts, too: that is where a call returns to which is the code's last instruction.
    pub const fn holds(&self, address: usize) -> bool {
        self.start <= address && address - self.start <= self.size
    }
}

/// Where calls go that take the direct route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Direct {
    /// The new function.
    pub new: usize,
    /// What goes on in the new function in place of the old one (see
    /// [`FuncSpec`](crate::FuncSpec)).
    pub stub: usize,
    /// Whether no task is in the old function, nor will be as long as the route is there: its code
    /// may be changed.
    pub old_is_left: bool,
}

/// A replacement on the stack of its function.
pub struct Node {
    /// The new function; the old one itself for a no-op function.
    new: Code,
    /// Where calls go that the tracer takes to the new function without asking.
    stub: usize,
    /// Whether calls go on in the old function, so that a cumulative patch can take a replacement
    /// off (`nop` of `struct klp_func`).
    nop: bool,
    /// Whether its patch is in transition, so that each task's state decides.
    transition: AtomicBool,
    /// What was the top before it.
    below: AtomicPtr<Node>,
}

impl Node {
    /// A replacement that is on no stack.
    pub fn new(new: Code, nop: bool, transition: bool) -> Self {
        Self {
            new,
            stub: new.start,
            nop,
            transition: AtomicBool::new(transition),
            below: AtomicPtr::new(null_mut()),
        }
    }

    /// The same, with a stub for calls that take the direct route.
    pub const fn with_stub(self, stub: usize) -> Self {
        Self { stub, ..self }
    }

    /// The new function.
    pub const fn code(&self) -> Code {
        self.new
    }

    /// Whether its patch is in transition.
    #[inline]
    pub fn in_transition(&self) -> bool {
        // Acquire: pairs with the release in `set_transition`. Who sees the mark sees the tasks'
        // states, too, and never one that is undefined.
        self.transition.load(Ordering::Acquire)
    }

    /// Marks its patch as being in transition, or not any more.
    pub fn set_transition(&self, transition: bool) {
        // Release: pairs with the acquire in `in_transition`.
        self.transition.store(transition, Ordering::Release);
    }

    /// Where all calls go by the direct route when no task uses anything else, if there is one.
    pub fn settled(&self, old_is_left: bool) -> Option<Direct> {
        let direct = Direct {
            new: self.new.start,
            stub: self.stub,
            old_is_left,
        };
        (!self.nop).then_some(direct)
    }

    /// The replacement that it has taken the place of.
    #[inline]
    fn below(&self) -> *mut Self {
        // Relaxed: whatever is below was pushed before, and who sees this node, by the acquire in
        // `top`, sees all that. `remove` only puts in its place what is further down.
        self.below.load(Ordering::Relaxed)
    }

    #[inline]
    fn target(&self) -> Option<Code> {
        (!self.nop).then_some(self.new)
    }
}

/// The replacements of one function, the last one on top (`func_stack` of `struct klp_ops`).
///
/// # Invariants
/// `top` and the `below` of each node on the stack are null or point to nodes that are valid until
/// they are removed and all handlers that might see them are over.
pub struct FuncStack {
    top: AtomicPtr<Node>,
}

impl Default for FuncStack {
    fn default() -> Self {
        // INVARIANT: null.
        Self {
            top: AtomicPtr::new(null_mut()),
        }
    }
}

impl FuncStack {
    /// Where a call goes: the new function, or `None` for the old one.
    ///
    /// `state` gives the calling task's patch state, and is asked only in a transition. Takes no
    /// lock, and may run anywhere: in an interrupt, or where RCU is not watching.
    pub fn choose(&self, state: impl FnOnce() -> PatchState) -> Option<usize> {
        let top = self.node(self.top())?;
        let chosen = if top.in_transition() && state() == PatchState::Unpatched {
            self.node(top.below())?
        } else {
            top
        };
        chosen.target().map(|code| code.start)
    }

    /// The replacement on top, by the lock of the engine.
    pub fn first(&self) -> Option<&Node> {
        self.node(self.top())
    }

    /// What a task runs that is not patched by `node`: the new function below, `None` for the old
    /// function.
    pub fn under<'a>(&'a self, node: &'a Node) -> Option<&'a Node> {
        self.node(node.below())
    }

    /// Whether `node` is the only one.
    pub fn is_only(&self, node: &Node) -> bool {
        core::ptr::eq(self.top(), node) && node.below().is_null()
    }

    /// Puts a replacement on top.
    ///
    /// # Safety
    /// The node is on no stack. It stays valid until it was removed and all handlers that might
    /// see it are over.
    pub unsafe fn push(&self, node: NonNull<Node>) {
        // SAFETY: valid, by the caller.
        let new = unsafe { node.as_ref() };
        new.below.store(self.top(), Ordering::Relaxed);
        // Release: pairs with the acquire in `top`. Who sees the node sees what it is, whether it
        // is in transition, and what is below.
        // INVARIANT: the caller keeps the node.
        self.top.store(node.as_ptr(), Ordering::Release);
    }

    /// Takes a replacement off, wherever on the stack it is.
    ///
    /// Its own `below` stays, so that a handler that is there already finds its way on.
    pub fn remove(&self, node: &Node) {
        let mut link = &self.top;
        // Relaxed: the lock of the engine orders those who write.
        while let Some(there) = self.node(link.load(Ordering::Relaxed)) {
            if core::ptr::eq(there, node) {
                // Release: pairs with the acquire in `top`. Who finds the next one on top may never
                // have seen its push.
                // INVARIANT: what was below stays on the stack.
                link.store(node.below(), Ordering::Release);
                return;
            }
            link = &there.below;
        }
    }

    #[inline]
    fn top(&self) -> *mut Node {
        // Acquire: pairs with the releases in `push` and `remove`.
        self.top.load(Ordering::Acquire)
    }

    #[inline]
    fn node(&self, node: *mut Node) -> Option<&Node> {
        // SAFETY: null or valid, by the invariant; handlers keep what they see from being freed.
        unsafe { node.as_ref() }
    }
}
