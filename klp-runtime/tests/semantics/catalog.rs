// SPDX-License-Identifier: GPL-2.0-only
//! The kernel and the patches of these tests.

use klp_runtime::contract::VMLINUX;
use klp_sim::catalog::{Catalog, Function, Op, Plan};

/// A function that sleeps.
pub const SLEEPER: usize = 0;
/// A function that does not; interrupts call it.
pub const QUICK: usize = 1;
/// The first function of a name that is not unique.
pub const TWIN_1: usize = 2;
/// The second.
pub const TWIN_2: usize = 3;
/// A function whose calls cannot be redirected.
pub const UNTRACEABLE: usize = 4;
/// A function of `mod_a` that sleeps.
pub const IN_A: usize = 5;
/// A function of `mod_b`.
pub const IN_B: usize = 6;

/// Patches [`SLEEPER`] and [`QUICK`].
pub const FIRST: usize = 0;
/// Patches [`QUICK`] and `mod_a`.
pub const SECOND: usize = 1;
/// Patches `mod_a` and `mod_b`.
pub const THIRD: usize = 2;
/// Patches [`TWIN_2`].
pub const TWIN: usize = 3;
/// Patches [`UNTRACEABLE`].
pub const BAD: usize = 4;
/// Changes state 1 only, version 1.
pub const STATE: usize = 5;
/// The same, version 2.
pub const STATE_2: usize = 6;
/// Cumulative: [`SLEEPER`], and no states.
pub const CUMULATIVE: usize = 7;
/// Cumulative: [`QUICK`] and `mod_b`, and state 1, version 2.
pub const CUMULATIVE_2: usize = 8;

/// All of it.
pub static CATALOG: Catalog = Catalog {
    functions: &[
        function("sleeper", VMLINUX, &[Op::Sleep]),
        function("quick", VMLINUX, &[]),
        function("twin", VMLINUX, &[]),
        function("twin", VMLINUX, &[]),
        Function {
            traceable: false,
            ..function("untraceable", VMLINUX, &[])
        },
        function("in_a", "mod_a", &[Op::Sleep]),
        function("in_b", "mod_b", &[]),
    ],
    syscalls: &[&[]],
    kthread: &[Op::Call(SLEEPER), Op::Sleep],
    interrupt: &[Op::Call(QUICK)],
    modules: &["mod_a", "mod_b"],
    plans: &[
        plan("first", false, &[(VMLINUX, &[SLEEPER, QUICK])], &[]),
        plan(
            "second",
            false,
            &[(VMLINUX, &[QUICK]), ("mod_a", &[IN_A])],
            &[],
        ),
        plan(
            "third",
            false,
            &[("mod_a", &[IN_A]), ("mod_b", &[IN_B])],
            &[],
        ),
        plan("twin", false, &[(VMLINUX, &[TWIN_2])], &[]),
        plan("bad", false, &[(VMLINUX, &[UNTRACEABLE])], &[]),
        plan("state", false, &[(VMLINUX, &[])], &[(1, 1)]),
        plan("state_2", false, &[(VMLINUX, &[])], &[(1, 2)]),
        plan("cumulative", true, &[(VMLINUX, &[SLEEPER])], &[]),
        plan(
            "cumulative_2",
            true,
            &[(VMLINUX, &[QUICK]), ("mod_b", &[IN_B])],
            &[(1, 2)],
        ),
    ],
};

/// System calls that call one function each.
pub static CALLS: [&[Op]; 7] = [
    &[Op::Call(0)],
    &[Op::Call(1)],
    &[Op::Call(2)],
    &[Op::Call(3)],
    &[Op::Call(4)],
    &[Op::Call(5)],
    &[Op::Call(6)],
];

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
