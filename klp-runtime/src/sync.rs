// SPDX-License-Identifier: GPL-2.0-only
//! The atomics of the lock-free parts. Those parts take them from here and from nowhere else, so
//! that a model checker's test can include their source files beside a `sync` of its own.

pub(crate) use core::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering};
