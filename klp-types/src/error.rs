// SPDX-License-Identifier: GPL-2.0-only
//! Why there is no kernel to build for.

use klp_codes::{Code, codes};

/// No kernel.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KernelError {
    /// No folder to keep things in.
    #[error("klp has no folder to keep kernels in: set KLP_HOME, or HOME")]
    NoHome,
    /// No kernel profile at all.
    #[error(
        "there is no kernel profile yet: run `cargo klp kernel add` for the kernel that Debian \
         ships today, or `cargo klp kernel add PATH/vmlinuz` for another"
    )]
    NoKernel,
    /// No profile of that kernel.
    #[error(
        "there is no profile of kernel {wanted}, which {chosen_by} asks for\n\
         there is: {known}\n\
         run `cargo klp kernel add` for it, or ask for another"
    )]
    UnknownKernel {
        /// Who chose it.
        chosen_by: &'static str,
        /// The release that was asked for.
        wanted: String,
        /// The releases that there are.
        known: String,
    },
}

impl KernelError {
    /// The message's code.
    pub fn code(&self) -> Code {
        codes::NO_KERNEL
    }
}
