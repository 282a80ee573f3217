// SPDX-License-Identifier: GPL-2.0-only
//! `/proc/meminfo` in two lines, in the manner of the kernel's own test of atomic replace
//! (`lib/livepatch/test_klp_atomic_replace.c`): what it shows is short, but true.

use klp_kernel::prelude::*;

#[kernel(object = "vmlinux")]
unsafe extern "C" {
    /// `mm/page_alloc.c`; exported, so the link step makes an ordinary import of it.
    ///
    /// Reads counters only, and may be called at any time.
    safe fn si_mem_available() -> c_long;
}

/// `PAGE_SHIFT` of x86-64, less the 10 bits of a kB.
const KB_A_PAGE_SHIFT: u32 = 12 - 10;

/// `fs/proc/meminfo.c`.
///
/// # Safety
/// Called by seq_file as a show function: `m` is the file being read.
#[livepatch(object = "vmlinux")]
unsafe extern "C" fn meminfo_proc_show(m: *mut seq_file, _v: *mut c_void) -> c_int {
    // SAFETY: `m` is what seq_file passed to this show function.
    let mut file = unsafe { SeqFile::from_ptr(m) };
    let available = si_mem_available() << KB_A_PAGE_SHIFT;
    seq_printf!(file, "MemAvailable:   {available:8} kB\n");
    file.puts(c"meminfo: this has been live patched\n");
    0
}
