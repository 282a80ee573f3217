// SPDX-License-Identifier: GPL-2.0-only
//! Things fail: by chance, or one that was chosen.

use crate::world::World;
use klp_runtime::Error;

/// One in so many of what can fail by chance does.
const FAULTS: usize = 40;

/// What can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fallible {
    /// Getting memory.
    Allocate,
    /// Finding an old function.
    Resolve,
    /// Writing addresses into a patch's code.
    Relocate,
    /// Keeping a patch's module.
    Acquire,
    /// Redirecting calls to a handler.
    AttachHandler,
    /// Redirecting calls straight to a new function.
    AttachDirect,
    /// Taking such a route back.
    DetachDirect,
    /// Having a transition.
    SetTarget,
}

/// A failure to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What fails.
    pub what: Fallible,
    /// How often it succeeds before.
    pub after: usize,
    /// With what it fails.
    pub error: Error,
}

impl Fallible {
    /// With what it fails by chance.
    pub const fn error(self) -> Error {
        match self {
            Self::Allocate => Error::NoMemory,
            Self::Resolve | Self::Relocate => Error::NoSymbol,
            Self::Acquire => Error::ModuleGone,
            Self::AttachHandler | Self::AttachDirect | Self::DetachDirect => Error::Taken,
            Self::SetTarget => Error::InTransition,
        }
    }
}

impl World {
    /// Fails if it is to.
    pub(crate) fn may_fail(&mut self, what: Fallible) -> Result<(), Error> {
        if let Some(fault) = self.fault.as_mut().filter(|fault| fault.what == what) {
            let error = fault.error;
            match fault.after.checked_sub(1) {
                Some(left) => fault.after = left,
                None => {
                    self.fault = None;
                    return Err(error);
                }
            }
        }
        if self.has_bad_luck() {
            return Err(what.error());
        }
        Ok(())
    }

    /// Whether something fails by chance.
    pub(crate) fn has_bad_luck(&mut self) -> bool {
        self.config.faults && self.choices.once_in(FAULTS)
    }
}
