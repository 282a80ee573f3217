// SPDX-License-Identifier: GPL-2.0-only
//! A patch comes or goes while a task calls, over another one or over none.

use crate::Engine;
use crate::explore::Race;
use crate::kernel::Shape;
use crate::machine::Machine;
use crate::patches::{
    CUMULATIVE, CUMULATIVE_OVER_FIRST, CUMULATIVE_SECOND, F, FIRST, FIRST_OVER_NONE, G, SECOND,
    SECOND_OVER_FIRST,
};
use crate::syscalls::Syscalls;

/// The last parts of a system call, and the first of another.
pub fn two_syscalls(task: &mut Syscalls) {
    task.call(F);
    task.exit();
    task.call(G);
}

pub fn enable_second(engine: &mut Engine<Machine>) -> bool {
    engine.enable(SECOND, ()).unwrap();
    true
}

pub fn disable_second(engine: &mut Engine<Machine>) -> bool {
    engine.set_enabled("second", false).unwrap();
    false
}

/// All schedules of one task while the second patch comes.
pub const ENABLING: Race = Race {
    preemptions: None,
    shape: Shape {
        tasks: 1,
        direct: false,
    },
    before: &[FIRST],
    versions: SECOND_OVER_FIRST,
    patched: false,
    task: two_syscalls,
    change: enable_second,
};

/// The same while it goes.
pub const DISABLING: Race = Race {
    before: &[FIRST, SECOND],
    patched: true,
    change: disable_second,
    ..ENABLING
};

#[test]
fn enabling_the_first() {
    let race = Race {
        before: &[],
        versions: FIRST_OVER_NONE,
        change: |engine| {
            engine.enable(FIRST, ()).unwrap();
            true
        },
        ..ENABLING
    };
    race.explore("enabling_the_first");
}

#[test]
fn disabling_the_last() {
    let race = Race {
        before: &[FIRST],
        versions: FIRST_OVER_NONE,
        change: |engine| {
            engine.set_enabled("first", false).unwrap();
            false
        },
        ..DISABLING
    };
    race.explore("disabling_the_last");
}

#[test]
fn enabling() {
    ENABLING.explore("enabling");
}

#[test]
fn disabling() {
    DISABLING.explore("disabling");
}

#[test]
fn replacing() {
    let race = Race {
        versions: CUMULATIVE_OVER_FIRST,
        change: |engine| {
            engine.enable(CUMULATIVE, ()).unwrap();
            true
        },
        ..ENABLING
    };
    race.explore("replacing");
}

/// No function is let go, so no handler is waited for on the way.
#[test]
fn replacing_all() {
    let race = Race {
        change: |engine| {
            engine.enable(CUMULATIVE_SECOND, ()).unwrap();
            true
        },
        ..ENABLING
    };
    race.explore("replacing_all");
}

/// Who is forced may be in the middle of a call.
#[test]
fn forcing() {
    let race = Race {
        preemptions: Some(5),
        versions: CUMULATIVE_OVER_FIRST,
        task: |task| {
            task.forced();
            two_syscalls(task);
        },
        change: |engine| {
            engine.enable(CUMULATIVE, ()).unwrap();
            // There is nothing to force when the task was fast.
            let _ = engine.force("cumulative");
            true
        },
        ..ENABLING
    };
    race.explore("forcing");
}

#[test]
fn forcing_a_disabling() {
    let race = Race {
        preemptions: Some(5),
        task: |task| {
            task.forced();
            two_syscalls(task);
        },
        change: |engine| {
            disable_second(engine);
            let _ = engine.force("second");
            false
        },
        ..DISABLING
    };
    race.explore("forcing_a_disabling");
}
