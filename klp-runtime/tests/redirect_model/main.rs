// SPDX-License-Identifier: GPL-2.0-only
//! The engine under loom, a model checker: every schedule of a few small cases, and every value
//! that a weakly ordered machine may give to a load.
//!
//! What is checked is the engine's own source, on loom's atomics, over a small [`kernel`]:
//!
//! - a call of a function, and a kernel exit, run with preemption disabled; `synchronize` waits for
//!   those under way and for nothing else;
//! - a task switches at kernel exits, or is forced;
//! - tasks order nothing by themselves: what orders is what `Platform` promises.
//!
//! [`syscalls::Syscalls`] knows at each moment which version a task must run, so that two versions
//! within a system call, a version before or after its time, a state that is undefined, and a
//! function that is freed are all seen.
//!
//! Long cases are limited in how often a schedule takes the CPU from a thread that could go on; what
//! loads may give is never limited. `mutations/redirect.toml` shows what the models see.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(dead_code, reason = "models need not use all of the engine")]

#[path = "../../src/contract.rs"]
mod contract;
#[path = "../../src/engine/mod.rs"]
mod engine;
#[path = "../../src/errno.rs"]
mod errno;
#[path = "../../src/error.rs"]
mod error;
#[path = "../../src/line.rs"]
mod line;
#[path = "../../src/memory.rs"]
mod memory;
#[path = "../../src/patch.rs"]
mod patch;
#[path = "../../src/platform.rs"]
mod platform;
#[path = "../../src/redirect.rs"]
mod redirect;
#[path = "../../src/site.rs"]
mod site;
#[path = "../../src/spec.rs"]
mod spec;
#[path = "../../src/transition/mod.rs"]
mod transition;

/// Loom's atomics in place of the processor's.
mod sync {
    pub(crate) use loom::sync::atomic::{AtomicBool, AtomicPtr, Ordering};
}

mod explore;
mod kernel;
mod machine;
mod patches;
mod quarantine;
mod syscalls;
mod text;

mod modules;
mod routes;
mod several;
mod single;
mod stack;

pub use engine::Engine;
pub use errno::Errno;
pub use error::Error;
pub use line::Line;
pub use memory::Memory;
pub use platform::{Callback, Nudge, OldFunc, Platform, Stack, TaskKind};
pub use redirect::{Code, Direct, FuncStack, Node, PatchState};
pub use spec::{Callbacks, FuncSpec, ObjectSpec, PatchSpec};
pub use transition::{Phase, Policy};
