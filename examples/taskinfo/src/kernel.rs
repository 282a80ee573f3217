// SPDX-License-Identifier: GPL-2.0-only
//! The kernel's types that this patch reads, laid out as in the kernel it is built for.

klp_kernel::types! {
    struct task_struct { pid, comm, flags, real_parent, static_prio, signal, mm, in_execve }
    struct signal_struct { nr_threads }
    // In C its members are those of an anonymous struct.
    struct mm_struct { start_code }
    struct pid_namespace;
    struct pid;
}
