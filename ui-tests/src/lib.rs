// SPDX-License-Identifier: GPL-2.0-only
//! A kernel for the pass cases to run against: the few symbols that klp-kernel imports, and the
//! numbers that the link step would put in.

mod lock;
mod memory;
mod numbers;
mod object;
mod printk;
mod seq;
mod shadow;
mod states;

pub use lock::locks_held;
pub use memory::{allocations, fail_allocations};
pub use object::{Module, Object};
pub use printk::log;
pub use seq::File;
pub use shadow::shadows;
pub use states::{KlpState, install_states};

use core::ffi::{c_int, c_void};

/// The patch that the link step would write.
#[unsafe(no_mangle)]
static __klp_patch: u8 = 0;

/// Refuses, so that a test can tell that it was called.
#[unsafe(no_mangle)]
extern "C" fn klp_enable_patch(patch: *mut c_void) -> c_int {
    assert_eq!(patch.cast_const(), (&raw const __klp_patch).cast());
    -19
}
