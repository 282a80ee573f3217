// SPDX-License-Identifier: GPL-2.0-only
//! What klp's macros, link step and cores share: the [`contract`] and the kernel's [`Errno`].
//!
//! No dependencies, no `std`, no allocation, and no kernel in sight.
#![no_std]

pub mod contract;
mod errno;
pub mod shadow;
mod shadow_id;
mod sync;

pub use errno::{Errno, Result};
pub use shadow_id::shadow_id;
