// SPDX-License-Identifier: GPL-2.0-only
//! What speaks against loading a patch on a machine. The last line says what to do.

use klp_codes::{Code, codes};
use thiserror::Error;

use crate::cores::Core;

/// A reason not to load a patch.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The kernel compares more than its release.
    #[error(
        "{name} is for a kernel with the vermagic `{wanted}`, and this one has `{running}`\n\
         build it for this kernel: `cargo klp kernel add running` once, then `cargo build`"
    )]
    OtherVermagic {
        /// The patch.
        name: String,
        /// What it says.
        wanted: String,
        /// What the kernel's own modules say.
        running: String,
    },
    /// Distances between the kernel's symbols hold for one build alone.
    #[error(
        "{name} is for the one build {wanted} of this kernel, and {running} runs\n\
         build it for this kernel: `cargo klp kernel add running` once, then `cargo build`"
    )]
    OtherBuild {
        /// The patch.
        name: String,
        /// The build-id that it is for.
        wanted: String,
        /// The build-id of the kernel that runs.
        running: String,
    },
    /// The kernel has no live patching.
    #[error(
        "{name} needs a kernel with live patching, and /sys/kernel/livepatch is not there\n\
         see whether /sys is mounted, and take a kernel with CONFIG_LIVEPATCH"
    )]
    NoLivepatch {
        /// The patch.
        name: String,
    },
    /// A module bears the name of klp's core, and is not it.
    #[error(
        "{name} runs on klp's core, and the module klp that is loaded is not it: /sys/kernel/klp is not there\n\
         unload it by `rmmod klp`, then `cargo klp load` loads klp's core"
    )]
    OtherCore {
        /// The patch.
        name: String,
    },
    /// klp's core, and the patch, were built by different versions of klp.
    #[error(
        "{name} is for klp's core of ABI {wanted}, and the core {which} has ABI {found}\n{}",
        build_again(*wanted, *found)
    )]
    OtherCoreAbi {
        /// The patch.
        name: String,
        /// Its ABI.
        wanted: u32,
        /// Which core it is.
        which: String,
        /// The core's ABI.
        found: u32,
    },
    /// Two cores cannot share a function.
    #[error(
        "{function} is patched by {patch} on {}, and only one core can have a function\n\
         run `cargo klp unload {patch}` first, or build this patch for that core",
        core_in_words(*core)
    )]
    OtherCoreHasIt {
        /// The function.
        function: String,
        /// The patch that is there.
        patch: String,
        /// Its core.
        core: Core,
    },
    /// A kprobe may change where the function goes on.
    #[error(
        "{function} has a kprobe with a post-handler at its entry, and ftrace lets only one user \
         change where a function goes on\n\
         take the kprobe off first: /sys/kernel/debug/kprobes/list has it, and the module or tool \
         that set it takes it off"
    )]
    PostHandler {
        /// The function.
        function: String,
    },
    /// Somebody unknown changes where the function goes on.
    #[error(
        "{function} is redirected already{}, and ftrace lets only one user change where a function \
         goes on\n\
         /sys/kernel/tracing/enabled_functions shows who: unload that module first",
        by(users)
    )]
    Redirected {
        /// The function.
        function: String,
        /// What ftrace calls for it.
        users: Vec<String>,
    },
    /// A trampoline that does not share the function.
    #[error(
        "{function} is called through a direct trampoline{}, and a function has only one user of \
         that kind beside BPF\n\
         /sys/kernel/tracing/enabled_functions shows whose it is: unload that module first",
        by(users)
    )]
    Direct {
        /// The function.
        function: String,
        /// What is called.
        users: Vec<String>,
    },
    /// No module is loaded any more.
    #[error(
        "kernel.modules_disabled is 1: this kernel takes no module any more\n\
         boot the machine again without that setting"
    )]
    ModulesDisabled,
    /// The kernel takes signed modules only.
    #[error(
        "{name} is not signed, and this kernel takes signed modules only: {policy}\n\
         sign it with a key that the kernel trusts: `cargo klp sign {name}.ko --key KEY.pem --cert CERT.pem`"
    )]
    Unsigned {
        /// The patch.
        name: String,
        /// What says so.
        policy: String,
    },
    /// Not enough memory.
    #[error(
        "{name} needs {needed} KiB while it is loaded, and {available} KiB are available\n\
         free some memory first: `cat /proc/meminfo` shows what it is used for"
    )]
    NoMemory {
        /// The patch.
        name: String,
        /// What it needs.
        needed: u64,
        /// What there is.
        available: u64,
    },
}

impl Refusal {
    /// The message's code.
    pub fn code(&self) -> Code {
        match self {
            Self::OtherVermagic { .. } => codes::OTHER_VERMAGIC,
            Self::OtherBuild { .. } => codes::OTHER_BUILD_OF_KERNEL,
            Self::NoLivepatch { .. } => codes::NO_LIVEPATCH,
            Self::OtherCore { .. } => codes::NOT_KLPS_CORE,
            Self::OtherCoreAbi { .. } => codes::OTHER_ABI_OF_CORE,
            Self::OtherCoreHasIt { .. } => codes::FUNCTION_OF_OTHER_CORE,
            Self::PostHandler { .. } => codes::POST_HANDLER,
            Self::Redirected { .. } => codes::REDIRECTED,
            Self::Direct { .. } => codes::DIRECT_TRAMPOLINE,
            Self::ModulesDisabled => codes::MODULES_DISABLED,
            Self::Unsigned { .. } => codes::NO_SIGNATURE,
            Self::NoMemory { .. } => codes::LITTLE_MEMORY,
        }
    }
}

fn core_in_words(core: Core) -> &'static str {
    match core {
        Core::Builtin => "the kernel's own core",
        Core::Klp => "klp's core",
    }
}

/// What to do, by which of the two is the older one.
fn build_again(patch: u32, core: u32) -> &'static str {
    match patch < core {
        true => "build the patch again with this klp",
        false => {
            "build klp.ko again, by `cargo build` in klp-kernel/core of klp's source; a core that is \
             loaded is taken away by `cargo klp unload klp` first"
        }
    }
}

fn by(users: &[String]) -> String {
    match users {
        [] => String::new(),
        names => format!(" by {}", names.join(", ")),
    }
}
