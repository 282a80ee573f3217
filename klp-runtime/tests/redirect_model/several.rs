// SPDX-License-Identifier: GPL-2.0-only
//! Several tasks, several transitions.

use crate::explore::Race;
use crate::kernel::Shape;
use crate::patches::{F, G};
use crate::single::{DISABLING, ENABLING, disable_second, enable_second};
use crate::syscalls::Syscalls;
use crate::{Engine, Phase, machine::Machine};

/// As much as can be tried in seconds.
const LONG: Race = Race {
    preemptions: Some(4),
    task: three_syscalls,
    ..ENABLING
};

fn three_syscalls(task: &mut Syscalls) {
    task.call(F);
    task.call(G);
    task.exit();
    task.call(F);
    task.call(G);
    task.exit();
    task.call(F);
}

/// Turns a transition round, or goes back if it is over.
fn enable_and_disable(engine: &mut Engine<Machine>) -> bool {
    enable_second(engine);
    disable_second(engine)
}

#[test]
fn reversing_an_enabling() {
    let race = Race {
        change: enable_and_disable,
        ..LONG
    };
    race.explore("reversing_an_enabling");
}

#[test]
fn reversing_a_disabling() {
    let race = Race {
        change: |engine| {
            disable_second(engine);
            // It is gone for good when the task was fast.
            engine.set_enabled("second", true).is_ok()
        },
        preemptions: LONG.preemptions,
        task: LONG.task,
        ..DISABLING
    };
    race.explore("reversing_a_disabling");
}

/// One transition after the other, if the task is fast.
#[test]
fn enabling_and_disabling() {
    let race = Race {
        change: |engine| {
            enable_second(engine);
            engine.retry().unwrap();
            match engine.phase() {
                Phase::Idle => disable_second(engine),
                _ => true,
            }
        },
        ..LONG
    };
    race.explore("enabling_and_disabling");
}

#[test]
fn two_tasks() {
    let race = Race {
        preemptions: Some(3),
        shape: Shape {
            tasks: 2,
            direct: false,
        },
        ..ENABLING
    };
    race.explore("two_tasks");
}
