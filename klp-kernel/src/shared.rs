// SPDX-License-Identifier: GPL-2.0-only
//! What the kernel may keep for all CPUs.

/// A value that any task on any CPU may come across: in a shadow variable, or a state.
#[diagnostic::on_unimplemented(
    message = "[KLP055] a value of type `{Self}` cannot be kept for all CPUs",
    label = "not to be used from several tasks at once",
    note = "other tasks find the same value, and may use it at the same moment",
    note = "take an atomic for a number that changes, `KBox` for what a pointer owns, or a struct with a `SpinLock`"
)]
pub trait Shared: Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static> Shared for T {}
