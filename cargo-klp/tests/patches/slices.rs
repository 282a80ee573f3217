// SPDX-License-Identifier: GPL-2.0-only
//! Slices of the author's own, collected over source files; one has no element.
//@ dependency: linkme = "0.3"
#![no_std]
#![no_main]
mod other;

use klp_kernel::prelude::*;
use linkme::distributed_slice;

klp::patch! { license: "GPL", description: "shows the elements of slices" }

/// Words to show.
#[distributed_slice]
pub static WORDS: [&CStr];

/// Nobody adds to it.
#[distributed_slice]
pub static NOTHING: [u64];

#[distributed_slice(WORDS)]
static FIRST: &CStr = c"word=one\n";

/// # Safety
/// Called by seq_file.
#[livepatch(object = "vmlinux")]
unsafe extern "C" fn cmdline_proc_show(m: *mut seq_file, _v: *mut c_void) -> c_int {
    // SAFETY: `m` is what seq_file passed to this show function.
    let mut file = unsafe { SeqFile::from_ptr(m) };
    for word in WORDS {
        file.puts(word);
    }
    for _ in NOTHING {
        file.puts(c"something\n");
    }
    0
}
//@ file: other.rs
//! Two more words.
use core::ffi::CStr;

use crate::WORDS;
use linkme::distributed_slice;

#[distributed_slice(WORDS)]
static SECOND: &CStr = c"word=two\n";

#[distributed_slice(WORDS)]
static THIRD: &CStr = c"word=three\n";
