// SPDX-License-Identifier: GPL-2.0-only
//! Why the engine refuses.

use crate::Errno;
use core::fmt;

/// Why an operation was refused. Whatever is refused has changed nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// There is no memory.
    NoMemory,
    /// Another transition is under way; only one can be.
    InTransition,
    /// There is no transition, or it is another patch's.
    NotInTransition,
    /// A patch of this name is enabled.
    AlreadyEnabled,
    /// The patch is enabled, or disabled, as it is asked to be.
    NothingToDo,
    /// No patch of this name is enabled.
    NotEnabled,
    /// A patch that was enabled later has to be disabled first.
    NotOnTop,
    /// It has no objects, an object or function without a name, or a function without a new one.
    Malformed,
    /// It names one object, or one function, twice.
    Duplicate,
    /// It cannot take over the states of the patches that are enabled.
    Incompatible,
    /// The patch's module is going away.
    ModuleGone,
    /// The object has no such symbol.
    NoSymbol,
    /// The object has several symbols of that name, and the patch does not say which.
    AmbiguousSymbol,
    /// The object has fewer symbols of that name than the patch says.
    NoSuchPosition,
    /// Calls of the function cannot be redirected: it is not traceable.
    NotTraceable,
    /// Somebody else redirects calls of the function.
    Taken,
    /// A pre_patch callback refused.
    Refused(Errno),
    /// The kernel refused something else.
    Kernel(Errno),
}

impl Error {
    /// The error number that the kernel's own core returns for it.
    pub const fn errno(self) -> Errno {
        match self {
            Self::NoMemory => Errno::ENOMEM,
            Self::InTransition | Self::NotOnTop | Self::Taken => Errno::EBUSY,
            Self::AlreadyEnabled => Errno::EEXIST,
            Self::ModuleGone => Errno::ENODEV,
            Self::NotInTransition
            | Self::NothingToDo
            | Self::NotEnabled
            | Self::Malformed
            | Self::Duplicate
            | Self::Incompatible
            | Self::NoSymbol
            | Self::AmbiguousSymbol
            | Self::NoSuchPosition
            | Self::NotTraceable => Errno::EINVAL,
            Self::Refused(errno) | Self::Kernel(errno) => errno,
        }
    }
}

impl Error {
    /// Whether a [`Line`](crate::Line) has said it, with the names that it is about.
    pub const fn is_logged(self) -> bool {
        matches!(
            self,
            Self::Incompatible
                | Self::NoSymbol
                | Self::AmbiguousSymbol
                | Self::NoSuchPosition
                | Self::NotTraceable
                | Self::Refused(_)
        )
    }
}

impl From<Errno> for Error {
    /// What the kernel refused to do.
    fn from(errno: Errno) -> Self {
        match errno {
            Errno::ENOMEM => Self::NoMemory,
            errno => Self::Kernel(errno),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::NoMemory => "out of memory",
            Self::InTransition => "a transition is under way; wait for it or reverse it",
            Self::NotInTransition => "the patch is not in transition",
            Self::AlreadyEnabled => "a patch of this name is enabled",
            Self::NothingToDo => "the patch is as it is asked to be",
            Self::NotEnabled => "no patch of this name is enabled",
            Self::NotOnTop => "a later patch is enabled; disable that first",
            Self::Malformed => "the patch lacks an object, a name or a new function",
            Self::Duplicate => "the patch names one object or function twice",
            Self::Incompatible => "the patch cannot take over the states of those enabled",
            Self::ModuleGone => "the patch's module is going away",
            Self::NoSymbol => "there is no such symbol",
            Self::AmbiguousSymbol => "several symbols have that name; give a sympos",
            Self::NoSuchPosition => "there is no symbol of that name at that position",
            Self::NotTraceable => "the function cannot be traced, and so not be redirected",
            Self::Taken => "somebody else redirects the function",
            Self::Refused(errno) => return write!(f, "a callback refused ({})", errno.to_ret()),
            Self::Kernel(errno) => return write!(f, "the kernel refused ({})", errno.to_ret()),
        };
        f.write_str(text)
    }
}

impl core::error::Error for Error {}
