// SPDX-License-Identifier: GPL-2.0-only
//! `/proc/PID/personality` shows members of the task's `task_struct`, in the form in which
//! `/proc/PID/stat` has them.
#![no_std]
#![no_main]

mod kernel;

use kernel::{TASK_COMM_LEN, mm_struct, pid, pid_namespace, task_struct};
use klp_kernel::prelude::*;

klp::patch! {
    license: "GPL",
    description: "Shows members of task_struct in /proc/PID/personality",
}

/// The number of a task of nice value 0 (`include/linux/sched/prio.h`).
const DEFAULT_PRIO: c_int = 120;

/// `fs/proc/base.c`.
///
/// # Safety
/// Called by procfs, which keeps the file and the task for the time of the call.
#[livepatch(object = "vmlinux")]
unsafe extern "C" fn proc_pid_personality(
    m: *mut seq_file,
    _ns: *mut pid_namespace,
    _pid: *mut pid,
    task: *mut task_struct,
) -> c_int {
    // SAFETY: `m` is what seq_file passed to this show function.
    let mut file = unsafe { SeqFile::from_ptr(m) };
    // SAFETY: the caller holds a reference to the task.
    let task = unsafe { &*task };
    // SAFETY: the caller holds a reference to the task.
    if unsafe { task_struct::in_execve(task) } != 0 {
        file.puts(c"(execs) ");
    }
    // SAFETY: a task keeps its `signal` and its parent for as long as it lives.
    let (signal, parent) = unsafe { (&*task.signal, &*task.real_parent) };
    seq_printf!(
        file,
        "{} ({}) {} {} {} {} {}\n",
        task.pid,
        comm(&task.comm),
        parent.pid,
        task.flags,
        task.static_prio - DEFAULT_PRIO,
        signal.nr_threads,
        code(task.mm),
    );
    0
}

/// A task's name; it may change meanwhile, but always ends in NUL.
fn comm(comm: &[c_char; TASK_COMM_LEN]) -> &str {
    // SAFETY: `c_char` is a byte.
    let bytes = unsafe { &*(&raw const *comm).cast::<[u8; TASK_COMM_LEN]>() };
    let name = CStr::from_bytes_until_nul(bytes).unwrap_or_default();
    name.to_str().unwrap_or("?")
}

/// Where a task's code starts; 0 for threads of the kernel.
fn code(mm: *mut mm_struct) -> c_ulong {
    if mm.is_null() {
        return 0;
    }
    // SAFETY: for a demonstration it is enough that init never gives up its memory.
    unsafe { (*mm).start_code }
}
