// SPDX-License-Identifier: GPL-2.0-only
//! From what the author wrote to a model without mistakes, or all the mistakes of it.

mod about;
mod callable;
mod callback;
mod declared;
mod export;
mod item;
mod kernel;
mod license;
mod livepatch;
mod mode;
mod module;
mod names;
mod param;
mod patch;
mod prototype;
mod shadow;
mod state;
mod symbol;
pub mod types;

pub use about::About;
pub use callback::{Callback, Kind, Pair, callback};
pub use declared::{Declared, declared};
pub use export::{Export, export};
pub use item::{cfgs, foreign_block, function, variable};
pub use kernel::{Kernel, is_kernel, kernel};
pub use livepatch::{Livepatch, livepatch};
pub use module::{Module, module};
pub use param::{Param, param};
pub use patch::{Patch, patch};
pub use prototype::{Passed, Question};
pub use shadow::{Shadow, shadow};
pub use state::{State, state};
pub use symbol::Symbol;
