// SPDX-License-Identifier: GPL-2.0-only
//! The rules of live patching, each as a test that has the rule for its name: a file for each area.
//!
//! The engine is tried in a simulated kernel in which nothing happens by chance. That the kernel
//! is sane at each step, and that nothing is left in the end, is checked in all tests (see
//! [`kernel::Kernel`]).
//!
//! Two areas are not the engine's. Shadow variables have tests of their own beside this folder. The
//! ELF format of patches is klp-link's, tested there, and by `cargo-klp/tests/module.rs` on patches
//! that have been built.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod callbacks;
mod catalog;
mod consistency;
mod errors;
mod faults;
mod kernel;
mod life_cycle;
mod limits;
mod metadata;
mod modules;
mod overdue;
mod replace;
mod stacking;
mod states;
mod sysfs;
