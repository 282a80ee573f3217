// SPDX-License-Identifier: GPL-2.0-only
//! Calls that go straight to a new function, and by the handler in transitions.

use crate::explore::Race;
use crate::kernel::Shape;
use crate::patches::{CUMULATIVE, CUMULATIVE_OVER_FIRST, FIRST, FIRST_OVER_NONE};
use crate::single::{DISABLING, ENABLING};

const DIRECT: Shape = Shape {
    tasks: 1,
    direct: true,
};

#[test]
fn enabling_over_direct() {
    let race = Race {
        shape: DIRECT,
        preemptions: Some(4),
        ..ENABLING
    };
    race.explore("enabling_over_direct");
}

#[test]
fn disabling_direct() {
    let race = Race {
        shape: DIRECT,
        preemptions: Some(4),
        ..DISABLING
    };
    race.explore("disabling_direct");
}

#[test]
fn disabling_the_last_direct() {
    let race = Race {
        shape: DIRECT,
        preemptions: Some(4),
        before: &[FIRST],
        versions: FIRST_OVER_NONE,
        change: |engine| {
            engine.set_enabled("first", false).unwrap();
            false
        },
        ..DISABLING
    };
    race.explore("disabling_the_last_direct");
}

#[test]
fn replacing_direct() {
    let race = Race {
        shape: DIRECT,
        preemptions: Some(4),
        versions: CUMULATIVE_OVER_FIRST,
        change: |engine| {
            engine.enable(CUMULATIVE, ()).unwrap();
            true
        },
        ..ENABLING
    };
    race.explore("replacing_direct");
}
