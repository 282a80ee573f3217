// SPDX-License-Identifier: GPL-2.0-only
//! What a live-patch crate imports: the attributes, the kernel's names, and the little that they
//! need at run time.
//!
//! ```no_run
//! #![no_std]
//! #![no_main]
//! # extern crate std;
//! use klp_kernel::prelude::*;
//!
//! klp::patch! { license: "GPL", description: "A name of our own in /proc/cmdline" }
//!
//! #[livepatch(object = "vmlinux")]
//! unsafe extern "C" fn cmdline_proc_show(m: *mut seq_file, _v: *mut c_void) -> c_int {
//!     // SAFETY: `m` is what seq_file passed to this show function.
//!     let mut file = unsafe { SeqFile::from_ptr(m) };
//!     file.puts(c"a name of our own\n");
//!     0
//! }
//! ```
//!
//! Everything here is also checked and tested on the host, where kernel symbols are not there to
//! link with: only the panic handler belongs to the kernel's target alone.
#![no_std]

// What `types!` generates names this crate.
#[cfg(linux_checks = "locks")]
extern crate self as klp_kernel;

mod alloc;
mod bits;
mod buffer;
mod callback;
mod context;
mod layout;
pub mod list;
mod log;
mod module;
mod object;
#[cfg(target_os = "none")]
mod panic;
mod param;
mod passed;
mod patch;
pub mod prelude;
mod records;
pub mod seq_file;
mod shadow;
mod shared;
mod spinlock;
mod state;
mod text;
mod types;

#[doc(hidden)]
pub mod __private;

pub use alloc::{Gfp, KBox, Zeroable};
pub use buffer::Buffer;
pub use callback::{Callback, PostPatch, PostUnpatch, PrePatch, PreUnpatch};
pub use context::MaySleep;
pub use klp_macros::{
    export, kernel, livepatch, module, param, patch, post_patch, post_unpatch, pre_patch,
    pre_unpatch, shadow, state, types,
};
pub use klp_runtime::{Errno, Result, contract};
pub use object::{ModuleState, Object};
pub use param::{Charp, Param, ParamType};
pub use passed::{KernelType, Passed};
pub use shadow::Shadow;
pub use spinlock::{SpinLock, SpinLockGuard};
pub use state::State;
pub use text::{Text, text};
pub use types::{klp_object, klp_patch};
