// SPDX-License-Identifier: GPL-2.0-only
//! What only root may do, said before the kernel refuses it.

use rustix::process::geteuid;

use crate::machine::MachineError;

/// Refuses everybody else.
///
/// # Errors
///
/// When this is not root.
pub fn check(verb: &'static str, name: &str) -> Result<(), MachineError> {
    if geteuid().is_root() {
        return Ok(());
    }
    Err(MachineError::NotRoot {
        verb,
        name: name.to_owned(),
    })
}
