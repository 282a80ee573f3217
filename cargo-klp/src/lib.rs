// SPDX-License-Identifier: GPL-2.0-only
//! The parts of `cargo klp`: virtual machines, the program inside them, and kernels to boot.

pub mod fetch;
pub mod guest;
pub mod vm;
