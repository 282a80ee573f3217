// SPDX-License-Identifier: GPL-2.0-only
//! The dispatcher over records whose callbacks write down that they ran.

extern crate std;

use super::*;
use klp_runtime::contract::{Location, RawCallback, Str};
use std::{vec, vec::Vec};

/// What the "object" of these tests is: a log.
type Log = Vec<&'static str>;

macro_rules! callbacks {
    ($($name:ident => $ret:literal;)*) => {$(
        unsafe extern "C" fn $name(object: *mut c_void) -> c_int {
            // SAFETY: `run` below passes a log that lives on its stack.
            unsafe { (*object.cast::<Log>()).push(stringify!($name)) };
            $ret
        }
    )*};
}

callbacks! {
    one => 0;
    two => 0;
    refuses => -16;
    undo_one => 0;
    undo_two => 0;
    undo_refuses => 0;
}

const HERE: Location = Location {
    file: Str::new(file!()),
    line: line!(),
    column: column!(),
};

fn record(
    object: &'static str,
    kind: CallbackKind,
    run: RawCallback,
    undo: Option<RawCallback>,
) -> CallbackRecord {
    CallbackRecord {
        object: Str::new(object),
        function: Str::new(""),
        kind,
        reserved: 0,
        run,
        undo,
        dispatch: run,
        location: HERE,
    }
}

fn run(records: &[CallbackRecord], kind: CallbackKind) -> (c_int, Log) {
    let mut log = Log::new();
    let callbacks = Callbacks {
        records,
        kind,
        object: "vmlinux",
    };
    // SAFETY: a log is what the callbacks of these tests expect.
    let ret = unsafe { callbacks.run((&raw mut log).cast()) };
    (ret, log)
}

use CallbackKind::{PostPatch, PostUnpatch, PrePatch, PreUnpatch};

#[test]
fn patch_callbacks_run_in_order() {
    for kind in [PrePatch, PostPatch] {
        let records = [
            record("vmlinux", kind, one, Some(undo_one)),
            record("vmlinux", kind, two, Some(undo_two)),
        ];
        assert_eq!(run(&records, kind), (0, vec!["one", "two"]));
    }
}

#[test]
fn unpatch_callbacks_run_in_reverse() {
    for kind in [PreUnpatch, PostUnpatch] {
        let records = [
            record("vmlinux", kind, undo_one, None),
            record("vmlinux", kind, undo_two, None),
        ];
        assert_eq!(run(&records, kind), (0, vec!["undo_two", "undo_one"]));
    }
}

#[test]
fn other_objects_and_kinds_are_left_alone() {
    let records = [
        record("e1000", PrePatch, one, None),
        record("vmlinux", PostPatch, one, None),
        record("vmlinux", PrePatch, two, None),
    ];
    assert_eq!(run(&records, PrePatch), (0, vec!["two"]));
}

#[test]
fn a_refusal_undoes_the_earlier_ones_last_first() {
    let records = [
        record("vmlinux", PrePatch, one, Some(undo_one)),
        record("e1000", PrePatch, two, Some(undo_refuses)),
        record("vmlinux", PrePatch, two, Some(undo_two)),
        record("vmlinux", PrePatch, refuses, Some(undo_refuses)),
        record("vmlinux", PrePatch, one, Some(undo_one)),
    ];
    let log = vec!["one", "two", "refuses", "undo_two", "undo_one"];
    assert_eq!(run(&records, PrePatch), (-16, log));
}

#[test]
fn what_has_no_undo_is_not_undone() {
    let records = [
        record("vmlinux", PrePatch, one, None),
        record("vmlinux", PrePatch, refuses, None),
    ];
    assert_eq!(run(&records, PrePatch), (-16, vec!["one", "refuses"]));
}

#[test]
fn without_callbacks_nothing_refuses() {
    assert_eq!(run(&[], PrePatch), (0, vec![]));
}
