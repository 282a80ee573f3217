// SPDX-License-Identifier: GPL-2.0-only
//! What klp's macros, link step and cores share, and the core itself.
//!
//! - [`contract`]: the records and names that macros, link step and cores agree on;
//! - [`Engine`]: the live-patching core, with the semantics of the kernel's own, over a
//!   [`Platform`].
//!
//! No dependencies, no `std`, no allocator, and no kernel in sight: whatever the engine needs of a
//! kernel, memory included, the platform gives. So the same engine runs in a kernel module and in
//! a simulated kernel, where every schedule can be chosen.
#![no_std]

pub mod contract;
mod engine;
mod errno;
mod error;
mod line;
mod memory;
mod patch;
mod platform;
mod redirect;
pub mod shadow;
mod shadow_id;
mod site;
mod spec;
mod sync;
mod transition;

pub use engine::{Engine, Stats};
pub use errno::{Errno, Result};
pub use error::Error;
pub use line::Line;
pub use memory::{Boxed, List, Memory};
pub use patch::{Func, Object, Patch};
pub use platform::{Callback, Nudge, OldFunc, Platform, Stack, TaskKind};
pub use redirect::{Code, Direct, FuncStack, Node, PatchState};
pub use shadow_id::shadow_id;
pub use spec::{Callbacks, FuncSpec, ObjectSpec, PatchSpec, StateSpec};
pub use transition::{Overdue, Phase, Place, Policy, Reason, Target};
