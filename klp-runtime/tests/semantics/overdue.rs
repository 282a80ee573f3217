// SPDX-License-Identifier: GPL-2.0-only
//! Transitions that take too long: blocking tasks are told, or an enabling is given up.

use crate::catalog::{FIRST, SLEEPER};
use crate::kernel::Kernel;
use klp_runtime::{Overdue, Policy};

const SECOND: u64 = 1_000_000_000;

/// A task that cannot be looked into sleeps while a transition starts, and time passes.
fn late(overdue: Overdue, disables: bool) -> (Kernel, usize) {
    let policy = Policy {
        deadline: Some(SECOND),
        overdue,
        ..Policy::default()
    };
    let mut kernel = Kernel::boot(0, policy);
    if disables {
        kernel.on(FIRST);
    }
    let task = kernel.sleep_in(SLEEPER);
    kernel.task(task, |task| task.unreliable = true);
    if disables {
        kernel.disable(FIRST).unwrap();
    } else {
        kernel.enable(FIRST).unwrap();
    }
    kernel.look();
    kernel.take_seen();
    kernel.with(|world| world.now += SECOND);
    kernel.look();
    (kernel, task)
}

#[test]
fn who_holds_up_an_overdue_transition_is_told_once() {
    let (mut kernel, task) = late(Overdue::Report, false);
    assert_eq!(
        kernel.lines(),
        [
            "'first': the transition is overdue; 1 tasks hold it up".to_owned(),
            format!("task:{task} has an unreliable stack"),
        ]
    );
    kernel.look();
    assert!(kernel.lines().is_empty());
    assert!(kernel.in_transition());
}

#[test]
fn an_overdue_enabling_is_reversed_where_that_is_the_policy() {
    let (kernel, task) = late(Overdue::Reverse, false);
    let lines = kernel.lines();
    assert_eq!(
        lines[2],
        "'first': reversing transition from patching to unpatching"
    );
    kernel.task(task, |task| task.unreliable = false);
}

#[test]
fn an_overdue_disabling_goes_on() {
    let (kernel, _) = late(Overdue::Reverse, true);
    assert_eq!(kernel.lines().len(), 2);
    assert!(kernel.in_transition());
}
