// SPDX-License-Identifier: GPL-2.0-only
//! One version of the functions that are watched: each answers with the version's name.

use crate::VERSION;
use klp_kernel::prelude::*;

/// How many milliseconds a call of a function that prints sleeps.
#[param(mode = 0o644)]
static DELAY_MS: Param<c_uint> = Param::new(1);

#[kernel(object = "klp_soak")]
unsafe extern "C" {
    /// `xtask/soak/module/klp_soak.c`: whichever version of it the task has.
    #[kernel(symbol = "klp_soak_inner")]
    fn inner() -> *const c_char;
}

/// `xtask/soak/module/klp_soak.c`.
#[livepatch(object = "klp_soak")]
extern "C" fn klp_soak_inner() -> *const c_char {
    VERSION.as_ptr()
}

#[kernel(object = "vmlinux")]
unsafe extern "C" {
    /// `kernel/time/timer.c`: sleeps, not to be interrupted, for so many milliseconds.
    safe fn msleep(msecs: c_uint);
}

/// `xtask/soak/module/klp_soak.c`: sleeps between its own version and the other function's.
///
/// # Safety
/// Called by seq_file as a show function: `m` is the file being read.
#[livepatch(object = "klp_soak")]
unsafe extern "C" fn klp_soak_show(m: *mut seq_file, _v: *mut c_void) -> c_int {
    msleep(DELAY_MS.get());
    // SAFETY: `m` is what seq_file passed to this show function.
    let mut file = unsafe { SeqFile::from_ptr(m) };
    file.puts(VERSION);
    file.puts(c" ");
    // SAFETY: all versions return a string that stays as long as a task can be here.
    file.puts(unsafe { CStr::from_ptr(inner()) });
    file.puts(c"\n");
    0
}

/// `fs/proc/cmdline.c`.
///
/// # Safety
/// Called by seq_file as a show function: `m` is the file being read.
#[livepatch(object = "vmlinux")]
unsafe extern "C" fn cmdline_proc_show(m: *mut seq_file, _v: *mut c_void) -> c_int {
    msleep(DELAY_MS.get());
    // SAFETY: `m` is what seq_file passed to this show function.
    let mut file = unsafe { SeqFile::from_ptr(m) };
    file.puts(VERSION);
    file.puts(c"\n");
    0
}
