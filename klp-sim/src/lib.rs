// SPDX-License-Identifier: GPL-2.0-only
//! A simulated kernel for klp's engine.
//!
//! The engine is the real one. The kernel around it has CPUs, tasks with stacks, interrupts, forks,
//! modules and memory that runs out; whatever is not determined is [chosen](choice), so that a run
//! can be replayed, shrunk, and all runs of a small case be gone through. Between any two things
//! that the engine does the other CPUs may go on. A [model](oracle) of its own says at each step
//! what must hold.

pub mod catalog;
pub mod choice;
mod combined;
mod digest;
mod event;
mod explore;
mod fault;
mod figures;
mod machine;
pub mod memory;
pub mod oracle;
mod path;
mod platform;
mod random;
mod search;
mod state;
pub mod task;
mod world;
mod worlds;

pub use event::{Called, Event};
pub use explore::{Cpus, SCRIPTS, Script, When, explore};
pub use fault::{Fallible, Fault};
pub use figures::Figures;
pub use machine::{Machine, Op};
pub use platform::{Pid, Sim};
pub use random::{Failure, shrink, simulate};
pub use search::Explored;
pub use world::{Act, Config, Cpu, Module, Site, World};
