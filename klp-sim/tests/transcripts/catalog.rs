// SPDX-License-Identifier: GPL-2.0-only
//! The kernel and the patches of the examples.

use klp_runtime::contract::VMLINUX;
use klp_sim::catalog::{Catalog, Function, Op, Plan};

/// The idle module of the callbacks demo.
pub const MODULE: &str = "livepatch_callbacks_mod";
/// The busy one.
pub const BUSY_MODULE: &str = "livepatch_callbacks_busymod";
/// The callbacks demo.
pub const DEMO: &str = "livepatch_callbacks_demo";

/// The busy module's work.
pub const WORK: usize = 0;
/// What reads of `/proc/cmdline` call.
pub const CMDLINE: usize = 1;
const MEMINFO: usize = 2;

/// All of it.
pub static EXAMPLES: Catalog = Catalog {
    functions: &[
        function("busymod_work_func", BUSY_MODULE, &[Op::Sleep]),
        function("cmdline_proc_show", VMLINUX, &[]),
        function("meminfo_proc_show", VMLINUX, &[]),
    ],
    syscalls: &[&[Op::Call(CMDLINE)]],
    // A worker: it has one piece of work, if any.
    kthread: &[Op::Call(WORK), Op::Sleep],
    interrupt: &[],
    modules: &[MODULE, BUSY_MODULE],
    plans: &[
        plan(
            DEMO,
            false,
            &[(VMLINUX, &[]), (MODULE, &[]), (BUSY_MODULE, &[WORK])],
            &[],
        ),
        plan("cumulative_fix1", false, &[(VMLINUX, &[])], &[(1, 1)]),
        plan("cumulative_fix2", false, &[(VMLINUX, &[CMDLINE])], &[]),
        plan("cumulative", true, &[(VMLINUX, &[CMDLINE])], &[(1, 2)]),
        plan("meminfo", true, &[(VMLINUX, &[MEMINFO])], &[]),
    ],
};

const fn function(name: &'static str, object: &'static str, body: &'static [Op]) -> Function {
    Function {
        name,
        object,
        body,
        traceable: true,
    }
}

const fn plan(
    name: &'static str,
    replace: bool,
    objects: &'static [(&'static str, &'static [usize])],
    states: &'static [(u64, u32)],
) -> Plan {
    Plan {
        name,
        replace,
        objects,
        states,
    }
}
