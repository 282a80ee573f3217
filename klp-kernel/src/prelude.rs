// SPDX-License-Identifier: GPL-2.0-only
//! What a patch crate's source files start with: `use klp_kernel::prelude::*;`.

pub use crate::list::list_head;
pub use crate::seq_file::SeqFile;
pub use crate::types::seq_file;
pub use crate::{
    Charp, Errno, Gfp, KBox, MaySleep, ModuleState, Object, Param, Result, Shadow, SpinLock, State,
    container_of, enumerator, export, field_offset, kernel, list_entries, livepatch, param,
    post_patch, post_unpatch, pr_err, pr_info, pr_notice, pr_warn, pre_patch, pre_unpatch,
    seq_printf, shadow, state, struct_size, text, thread_flag,
};
pub use core::ffi::{CStr, c_char, c_int, c_long, c_short, c_uint, c_ulong, c_ushort, c_void};

/// This crate by the project's name, for `klp::patch!`.
pub extern crate self as klp;
