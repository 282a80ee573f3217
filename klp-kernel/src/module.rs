// SPDX-License-Identifier: GPL-2.0-only
//! What `klp::module!` needs: the author's functions as the module loader calls them.

use crate::Result;
use core::ffi::c_int;

/// The body of the module's init function.
#[inline]
pub fn init(init: fn() -> Result) -> c_int {
    match init() {
        Ok(()) => 0,
        Err(errno) => errno.to_ret(),
    }
}

/// The body of the module's exit function.
#[inline]
pub fn exit(exit: fn()) {
    exit();
}
