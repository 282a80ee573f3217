// SPDX-License-Identifier: GPL-2.0-only
//! What the engine prints to the kernel log, in the words of the kernel's own core
//! (`kernel/livepatch/*.c`), so that people's eyes and scripts need not learn others.

use crate::Error;
use crate::transition::{Reason, Target};
use core::fmt::{self, Display};

/// A line of the kernel log, which the platform puts its prefix before.
pub enum Line<'a> {
    /// An enabling has begun.
    Enabling(&'a str),
    /// A transition is being prepared.
    Initializing(&'a str, Target),
    /// Tasks begin to switch.
    Starting(&'a str, Target),
    /// All tasks have switched.
    Completing(&'a str, Target),
    /// A transition is over.
    Complete(&'a str, Target),
    /// A transition is given up before it started.
    Canceling(&'a str),
    /// A transition turns round; the target is the one so far.
    Reversing(&'a str, Target),
    /// A transition is forced.
    Forcing,
    /// A patch was refused for its states.
    Incompatible(&'a str),
    /// A pre_patch callback refused; names the object.
    CallbackRefused(&'a str),
    /// An object could not be patched.
    NotPatched(&'a str),
    /// A patch could not be enabled.
    NotEnabled(&'a str),
    /// A symbol of an object could not be resolved.
    Unresolved {
        /// The object's name.
        object: &'a str,
        /// The symbol's name.
        symbol: &'a str,
        /// Its position, as the patch has it.
        sympos: u64,
        /// Why not.
        error: Error,
    },
    /// A module that is being loaded could not be prepared for a patch.
    NotInitialized {
        /// The patch's name.
        patch: &'a str,
        /// The module's name.
        object: &'a str,
        /// Why not.
        error: Error,
    },
    /// A module that is being loaded is patched.
    Applying {
        /// The patch's name.
        patch: &'a str,
        /// The module's name.
        object: &'a str,
    },
    /// A module that is being loaded could not be patched.
    NotApplied {
        /// The patch's name.
        patch: &'a str,
        /// The module's name.
        object: &'a str,
        /// Why not.
        error: Error,
    },
    /// A module may not be loaded.
    RefusingToLoad {
        /// The patch's name.
        patch: &'a str,
        /// The module's name.
        object: &'a str,
    },
    /// A patched module goes.
    Reverting {
        /// The patch's name.
        patch: &'a str,
        /// The module's name.
        object: &'a str,
    },
    /// A transition takes longer than it should.
    Overdue {
        /// The patch's name.
        patch: &'a str,
        /// How many tasks hold it up.
        blocking: usize,
    },
    /// A task holds a transition up.
    Blocked {
        /// The task.
        task: &'a dyn Display,
        /// Why it does.
        reason: Reason<'a>,
    },
}

impl Line<'_> {
    /// Whether it is for those who debug live patching.
    pub const fn is_debug(&self) -> bool {
        matches!(
            self,
            Self::Initializing(..)
                | Self::Completing(..)
                | Self::Canceling(_)
                | Self::Reversing(..)
        )
    }
}

impl Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Enabling(patch) => write!(f, "enabling patch '{patch}'"),
            Self::Initializing(patch, to) => {
                write!(f, "'{patch}': initializing {to} transition")
            }
            Self::Starting(patch, to) => write!(f, "'{patch}': starting {to} transition"),
            Self::Completing(patch, to) => write!(f, "'{patch}': completing {to} transition"),
            Self::Complete(patch, to) => write!(f, "'{patch}': {to} complete"),
            Self::Canceling(patch) => {
                write!(
                    f,
                    "'{patch}': canceling patching transition, going to unpatch"
                )
            }
            Self::Reversing(patch, from) => {
                let to = from.reversed();
                write!(f, "'{patch}': reversing transition from {from} to {to}")
            }
            Self::Forcing => f.write_str("forcing remaining tasks to the patched state"),
            Self::Incompatible(patch) => write!(
                f,
                "Livepatch patch ({patch}) is not compatible with the already installed livepatches."
            ),
            Self::CallbackRefused(object) => {
                write!(f, "pre-patch callback failed for object '{object}'")
            }
            Self::NotPatched(object) => write!(f, "failed to patch object '{object}'"),
            Self::NotEnabled(patch) => write!(f, "failed to enable patch '{patch}'"),
            Self::Unresolved {
                object,
                symbol,
                sympos,
                error,
            } => unresolved(f, object, symbol, sympos, error),
            Self::NotInitialized {
                patch,
                object,
                error,
            } => write!(
                f,
                "failed to initialize patch '{patch}' for module '{object}' ({})",
                error.errno().to_ret()
            ),
            Self::Applying { patch, object } => {
                write!(f, "applying patch '{patch}' to loading module '{object}'")
            }
            Self::NotApplied {
                patch,
                object,
                error,
            } => write!(
                f,
                "failed to apply patch '{patch}' to module '{object}' ({})",
                error.errno().to_ret()
            ),
            Self::RefusingToLoad { patch, object } => write!(
                f,
                "patch '{patch}' failed for module '{object}', refusing to load module '{object}'"
            ),
            Self::Reverting { patch, object } => {
                write!(
                    f,
                    "reverting patch '{patch}' on unloading module '{object}'"
                )
            }
            Self::Overdue { patch, blocking } => {
                write!(
                    f,
                    "'{patch}': the transition is overdue; {blocking} tasks hold it up"
                )
            }
            Self::Blocked { task, reason } => write!(f, "{task} {reason}"),
        }
    }
}

fn unresolved(
    f: &mut fmt::Formatter<'_>,
    object: &str,
    symbol: &str,
    sympos: u64,
    error: Error,
) -> fmt::Result {
    match error {
        Error::NoSymbol => write!(f, "symbol '{symbol}' not found in symbol table"),
        Error::AmbiguousSymbol => {
            write!(
                f,
                "unresolvable ambiguity for symbol '{symbol}' in object '{object}'"
            )
        }
        Error::NoSuchPosition => write!(
            f,
            "symbol position {sympos} for symbol '{symbol}' in object '{object}' not found"
        ),
        Error::NotTraceable => write!(f, "failed to find location for function '{symbol}'"),
        error => write!(f, "function '{symbol}' in object '{object}': {error}"),
    }
}
