// SPDX-License-Identifier: GPL-2.0-only
//! `/proc/PID/personality` shows members of the task's `task_struct`, in the form in which
//! `/proc/PID/stat` has them.
#![no_std]
#![no_main]

mod kernel;

use kernel::{pid, pid_namespace, task_struct};
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
    // SAFETY: for a demonstration it is enough that init never gives up its memory.
    let code = unsafe { task.mm.as_ref() }.map_or(0, |mm| mm.start_code);
    seq_printf!(
        file,
        "{} ({}) {} {} {} {} {}\n",
        task.pid,
        text(&task.comm),
        parent.pid,
        task.flags,
        task.static_prio - DEFAULT_PRIO,
        signal.nr_threads,
        code,
    );
    0
}
