// SPDX-License-Identifier: GPL-2.0-only
//! What `klp::patch!` needs: enabling the patch, and the check that both sides are of one version.

use crate::types::klp_patch;
use core::ffi::c_int;
use klp_runtime::contract::ABI;

unsafe extern "C" {
    /// The patch as the kernel sees it, written by the link step.
    static mut __klp_patch: klp_patch;

    /// Exported by the kernel (`kernel/livepatch/core.c`), GPL only.
    fn klp_enable_patch(patch: *mut klp_patch) -> c_int;
}

/// The body of the module's init function.
pub fn enable() -> c_int {
    let patch = &raw mut __klp_patch;
    // SAFETY: the link step defines `__klp_patch` as a complete `struct klp_patch` of this very
    // module, and the module loader calls the init function once.
    unsafe { klp_enable_patch(patch) }
}

/// Fails to compile when klp-macros speaks another version of the contract than klp-kernel.
#[track_caller]
pub const fn assert_abi<const MACROS: u32>() {
    assert!(
        MACROS >= ABI,
        "[KLP049] klp-macros is older than klp-kernel: update both to the same version"
    );
    assert!(
        MACROS <= ABI,
        "[KLP050] klp-kernel is older than klp-macros: update both to the same version"
    );
}
