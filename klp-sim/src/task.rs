// SPDX-License-Identifier: GPL-2.0-only
//! Tasks: what they are doing, and what is on their stacks.

use crate::catalog::{Catalog, ELSEWHERE, Op};
use klp_runtime::{PatchState, TaskKind};

/// What a task is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// In user space, or an idle task doing nothing.
    Outside,
    /// In the kernel.
    Kernel,
    /// Asleep in the kernel.
    Asleep,
    /// Leaving the kernel: the pending flag is cleared, the state not yet set. The target is read
    /// first, and written then. Not preemptible.
    Leaving(Option<State>),
}

/// How far a call of a function that can be patched is. The stack shows the old function's entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Entry {
    /// At the first instruction.
    Called,
    /// In the handler, which has yet to choose. Not preemptible.
    Handler,
    /// Sent to this function, but not there yet.
    Sent(usize),
}

/// What is on a stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Frame {
    /// What a system call, a kernel thread or an interrupt does itself, and how far it is.
    Base(Base, &'static [Op], usize),
    /// A call of a function that can be patched.
    Entry(usize, Entry),
    /// A function that can be patched: where its code starts, what it does, and how far it is.
    Body(usize, &'static [Op], usize),
}

/// What began a stack, or a part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Base {
    /// A system call.
    Syscall,
    /// A kernel thread.
    Kthread,
    /// An interrupt.
    Interrupt,
}

/// A task.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Task {
    /// Its number.
    pub pid: usize,
    /// What it is.
    pub kind: Kind,
    /// What it is doing.
    pub mode: Mode,
    /// Whether it is on a CPU.
    pub running: bool,
    /// `patch_state`.
    pub state: State,
    /// `TIF_PATCH_PENDING`.
    pub pending: bool,
    /// Whether it leaves the kernel as soon as it can.
    pub signalled: bool,
    /// Whether its stack cannot be walked for now.
    pub unreliable: bool,
    /// Its stack, the outermost frame first.
    pub stack: Vec<Frame>,
}

/// [`TaskKind`], to be hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// It has a user space.
    User,
    /// A kernel thread.
    Kthread,
    /// The idle task of a CPU.
    Idle(usize),
}

/// [`PatchState`], to be hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct State(i8);

impl From<PatchState> for State {
    fn from(state: PatchState) -> Self {
        Self(match state {
            PatchState::Undefined => -1,
            PatchState::Unpatched => 0,
            PatchState::Patched => 1,
        })
    }
}

impl From<State> for PatchState {
    fn from(state: State) -> Self {
        match state.0 {
            0 => Self::Unpatched,
            1 => Self::Patched,
            _ => Self::Undefined,
        }
    }
}

impl From<Kind> for TaskKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::User => Self::User,
            Kind::Kthread => Self::Kthread,
            Kind::Idle(_) => Self::Idle,
        }
    }
}

impl Task {
    /// A task that has not been in the kernel yet, or a kernel thread that is about to start.
    pub fn new(pid: usize, kind: Kind, catalog: &Catalog) -> Self {
        let kthread = kind == Kind::Kthread;
        let base = Frame::Base(Base::Kthread, catalog.kthread, 0);
        Self {
            pid,
            kind,
            mode: if kthread { Mode::Kernel } else { Mode::Outside },
            running: false,
            state: PatchState::Undefined.into(),
            pending: false,
            signalled: false,
            unreliable: false,
            stack: if kthread { vec![base] } else { Vec::new() },
        }
    }

    /// Whether nothing else can run on its CPU, and nobody may wait for it with sleeping.
    pub fn preemption_disabled(&self) -> bool {
        matches!(self.mode, Mode::Leaving(_)) || self.in_interrupt() || self.in_handler()
    }

    /// Whether an interrupt has interrupted it.
    pub fn in_interrupt(&self) -> bool {
        let interrupt = |frame: &Frame| matches!(frame, Frame::Base(Base::Interrupt, ..));
        self.stack.iter().any(interrupt)
    }

    fn in_handler(&self) -> bool {
        let handler = |frame: &Frame| matches!(frame, Frame::Entry(_, Entry::Handler));
        self.stack.iter().any(handler)
    }

    /// Whether a call of this function has been redirected, or is being, and has not arrived.
    pub fn is_entering(&self, function: usize) -> bool {
        let sent = |frame: &Frame| match frame {
            Frame::Entry(called, entry) => *called == function && *entry != Entry::Called,
            _ => false,
        };
        self.stack.iter().any(sent)
    }

    /// Where the functions start that it is in, or has been sent to.
    pub fn functions(&self) -> impl Iterator<Item = usize> {
        self.stack.iter().filter_map(|frame| match frame {
            Frame::Body(start, ..) | Frame::Entry(_, Entry::Sent(start)) => Some(*start),
            Frame::Base(..) | Frame::Entry(..) => None,
        })
    }

    /// The functions that it is in or about to be in, by number.
    pub fn calls(&self, catalog: &Catalog) -> impl Iterator<Item = usize> {
        self.stack.iter().filter_map(|frame| match frame {
            Frame::Base(..) => None,
            Frame::Entry(function, _) => Some(*function),
            Frame::Body(start, ..) => catalog.function_at(*start),
        })
    }

    /// The addresses on its stack, as a walk shows them.
    pub fn addresses(&self, catalog: &Catalog) -> Vec<usize> {
        let address = |frame: &Frame| match frame {
            Frame::Base(..) => ELSEWHERE,
            Frame::Entry(function, _) => {
                let entry = catalog.old(*function).entry;
                entry.start + entry.size
            }
            Frame::Body(start, _, at) => start + 0x10 + at,
        };
        self.stack.iter().rev().map(address).collect()
    }
}
