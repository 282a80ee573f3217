// SPDX-License-Identifier: GPL-2.0-only
//! What callbacks return.

use crate::Result;

/// What a `#[pre_patch]` function may return.
#[diagnostic::on_unimplemented(
    message = "[KLP019] a `#[pre_patch]` callback returns `Result`, not `{Self}`",
    label = "write `Result`",
    note = "`Ok(())` lets the object be patched; `Err(Errno::EBUSY)` or another errno refuses"
)]
pub trait PrePatchReturn {
    /// The result itself.
    fn into_result(self) -> Result;
}

impl PrePatchReturn for Result {
    fn into_result(self) -> Result {
        self
    }
}

/// What a `#[pre_patch]` function returned.
pub fn returned(value: impl PrePatchReturn) -> Result {
    value.into_result()
}
