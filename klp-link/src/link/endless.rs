// SPDX-License-Identifier: GPL-2.0-only
//! Functions that tasks do not leave: a replacement of one takes effect too late, or never.
//!
//! Neither symbols nor types say which those are, so here is a list, of functions whose names and
//! meanings have been the same since Linux 5.10. Others are for the author to know.

use klp_runtime::contract::VMLINUX;

/// Why a function is never left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Endless {
    /// It has no way back to its caller, and the caller no code for it.
    NeverReturns,
    /// Every task that sleeps is in it.
    OnEveryStack,
    /// A thread of the kernel is in it as long as there is one.
    ThreadLoop,
}

/// As in `tools/objtool/noreturns.h`, without what runs at boot only or is not in C.
const NEVER_RETURN: [&str; 14] = [
    "__module_put_and_kthread_exit",
    "do_exit",
    "do_group_exit",
    "do_task_dead",
    "fortify_panic",
    "kthread_complete_and_exit",
    "kthread_exit",
    "machine_real_restart",
    "make_task_dead",
    "nmi_panic_self_stop",
    "panic",
    "panic_smp_self_stop",
    "stop_this_cpu",
    "usercopy_abort",
];

/// Where the kernel takes the CPU from a task.
const ON_EVERY_STACK: [&str; 2] = ["__schedule", "schedule"];

/// Functions of threads that end with the machine, or with their module.
const THREAD_LOOPS: [&str; 22] = [
    "cpu_startup_entry",
    "do_idle",
    "io_sq_thread",
    "io_wq_worker",
    "irq_thread",
    "kauditd_thread",
    "kcompactd",
    "khugepaged",
    "kjournald2",
    "ksm_scan_thread",
    "kswapd",
    "kthread",
    "kthread_worker_fn",
    "kthreadd",
    "oom_reaper",
    "rcu_gp_kthread",
    "rcu_tasks_kthread",
    "rescuer_thread",
    "smpboot_thread_fn",
    "vhost_task_fn",
    "vhost_worker",
    "worker_thread",
];

impl Endless {
    /// Why `function` of `object` is never left, if that is known.
    pub(crate) fn of(object: &str, function: &str) -> Option<Self> {
        let lists = [
            (&NEVER_RETURN[..], Self::NeverReturns),
            (&ON_EVERY_STACK, Self::OnEveryStack),
            (&THREAD_LOOPS, Self::ThreadLoop),
        ];
        let found = lists.into_iter().find(|(list, _)| list.contains(&function));
        let why = found.map(|(_, why)| why);
        // A module may have a function of its own by a name of the kernel's.
        why.filter(|why| object == VMLINUX || *why == Self::ThreadLoop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_list_is_looked_through() {
        let of = |function| Endless::of(VMLINUX, function);
        assert_eq!(of("do_exit"), Some(Endless::NeverReturns));
        assert_eq!(of("schedule"), Some(Endless::OnEveryStack));
        assert_eq!(of("worker_thread"), Some(Endless::ThreadLoop));
        assert_eq!(of("schedule_timeout"), None);
    }

    #[test]
    fn a_module_may_use_a_name_of_the_kernels() {
        assert_eq!(Endless::of("my_module", "panic"), None);
        let thread = Endless::of("vhost", "vhost_worker");
        assert_eq!(thread, Some(Endless::ThreadLoop));
    }

    #[test]
    fn lists_are_sorted_and_name_nothing_twice() {
        for list in [&NEVER_RETURN[..], &ON_EVERY_STACK, &THREAD_LOOPS] {
            assert!(list.is_sorted_by(|a, b| a < b), "{list:?}");
        }
    }
}
