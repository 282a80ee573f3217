// SPDX-License-Identifier: GPL-2.0-only
//! `/proc/cmdline` with a word of our own at its end.

use klp_kernel::prelude::*;

#[kernel(object = "vmlinux")]
unsafe extern "C" {
    /// `init/main.c`; not exported.
    static saved_command_line: *const c_char;
}

/// `fs/proc/cmdline.c`.
///
/// # Safety
/// Called by seq_file as a show function: `m` is the file being read.
#[livepatch(object = "vmlinux")]
unsafe extern "C" fn cmdline_proc_show(m: *mut seq_file, _v: *mut c_void) -> c_int {
    // SAFETY: `m` is what seq_file passed to this show function.
    let mut file = unsafe { SeqFile::from_ptr(m) };
    // SAFETY: the kernel sets the pointer once, early at boot.
    let line = unsafe { saved_command_line };
    // SAFETY: it points to a NUL-terminated string that is never freed.
    file.puts(unsafe { CStr::from_ptr(line) });
    file.puts(c" klp=fix2\n");
    0
}
