// SPDX-License-Identifier: GPL-2.0-only
//! The four callbacks of an object, their pairs, and how the kernel's calls reach them.
//!
//! | kind | when | undone by |
//! |---|---|---|
//! | pre_patch | before the object is patched; may refuse | post_unpatch |
//! | post_patch | after all tasks run the patched object | pre_unpatch |
//! | pre_unpatch | before the object is unpatched | |
//! | post_unpatch | after all tasks have left the patched object | |
//!
//! Each attribute puts a type of the function's name beside the function and implements the
//! traits below for it. So the compiler, which sees all source files, checks the pairs.

mod dispatch;
pub mod pairing;
pub mod record;
mod sequence;
pub mod signature;

use crate::{Object, Result};

/// A callback of any kind.
pub trait Callback {
    /// The object that it accompanies.
    const OBJECT: &'static str;
    /// The author's function.
    const FUNCTION: &'static str;
    /// Whether there is a reason for callbacks of a module of which nothing is replaced.
    const ALONE: bool = false;
}

/// A `#[pre_patch]` function.
pub trait PrePatch: Callback {
    /// Prepares the object for being patched, or refuses.
    fn run(object: &Object) -> Result;
}

/// A `#[post_patch]` function.
pub trait PostPatch: Callback {
    /// Acts on the patched object.
    fn run(object: &Object);
}

/// A `#[pre_unpatch]` function.
#[diagnostic::on_unimplemented(
    message = "[KLP022] `{Self}` cannot undo a `#[post_patch]` callback",
    label = "not a `#[pre_unpatch]` callback",
    note = "the kernel pairs post_patch with pre_unpatch: before the object is unpatched, pre_unpatch takes back what post_patch did",
    note = "name a function with `#[pre_unpatch(object = \"…\")]` as `undo`, or write `no_undo = \"reason\"` instead"
)]
pub trait PreUnpatch: Callback {
    /// Takes back what the `#[post_patch]` did.
    fn run(object: &Object);
}

/// A `#[post_unpatch]` function.
#[diagnostic::on_unimplemented(
    message = "[KLP023] `{Self}` cannot undo a `#[pre_patch]` callback",
    label = "not a `#[post_unpatch]` callback",
    note = "the kernel pairs pre_patch with post_unpatch: when no task runs patched code any more, post_unpatch takes back what pre_patch did",
    note = "name a function with `#[post_unpatch(object = \"…\")]` as `undo`, or write `no_undo = \"reason\"` instead"
)]
pub trait PostUnpatch: Callback {
    /// Takes back what the `#[pre_patch]` did.
    fn run(object: &Object);
}
