// SPDX-License-Identifier: GPL-2.0-only
//! How long a transition may take, as the administrator has it.

use core::ffi::c_uint;
use klp_kernel::prelude::*;
use klp_runtime::{Overdue, Policy};

/// Seconds after which the log says who holds a transition up; 0 for never.
#[param(mode = 0o444)]
static DEADLINE: Param<c_uint> = Param::new(60);

/// Whether a patch that is not enabled by then is taken off again.
#[param(mode = 0o444)]
static REVERSE: Param<bool> = Param::new(false);

const NANOSECONDS: u64 = 1_000_000_000;

/// What the parameters say.
pub fn policy() -> Policy {
    let seconds = u64::from(DEADLINE.get());
    Policy {
        deadline: (seconds > 0).then_some(seconds * NANOSECONDS),
        overdue: match REVERSE.get() {
            true => Overdue::Reverse,
            false => Overdue::Report,
        },
        ..Policy::default()
    }
}
