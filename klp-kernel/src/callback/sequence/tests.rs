// SPDX-License-Identifier: GPL-2.0-only
//! Callbacks that write down that they ran.

extern crate std;

use super::*;
use CallbackKind::{PostPatch, PostUnpatch, PrePatch, PreUnpatch};
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

/// A vmlinux callback on `line`.
fn record(
    line: u32,
    kind: CallbackKind,
    run: RawCallback,
    undo: Option<RawCallback>,
) -> CallbackRecord {
    CallbackRecord {
        object: Str::new("vmlinux"),
        function: Str::new(""),
        kind,
        alone: 0,
        run,
        undo,
        undone_by: Str::new(""),
        reason: Str::new(""),
        dispatch: run,
        location: Location {
            file: Str::new("src/main.rs"),
            line,
            column: 1,
        },
    }
}

fn other_object(record: CallbackRecord) -> CallbackRecord {
    CallbackRecord {
        object: Str::new("e1000"),
        ..record
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

#[test]
fn patch_callbacks_run_as_they_stand() {
    for kind in [PrePatch, PostPatch] {
        let records = [
            record(2, kind, two, Some(undo_two)),
            record(1, kind, one, Some(undo_one)),
        ];
        assert_eq!(run(&records, kind), (0, vec!["one", "two"]));
    }
}

#[test]
fn files_come_before_lines() {
    let mut elsewhere = record(1, PostPatch, two, None);
    elsewhere.location.file = Str::new("src/other.rs");
    let records = [elsewhere, record(2, PostPatch, one, None)];
    assert_eq!(run(&records, PostPatch), (0, vec!["one", "two"]));
}

#[test]
fn unpatch_callbacks_run_in_reverse() {
    for kind in [PreUnpatch, PostUnpatch] {
        let records = [
            record(1, kind, undo_one, None),
            record(2, kind, undo_two, None),
        ];
        assert_eq!(run(&records, kind), (0, vec!["undo_two", "undo_one"]));
    }
}

#[test]
fn undos_reverse_what_they_undo_wherever_they_stand() {
    for (kind, undo) in [(PrePatch, PostUnpatch), (PostPatch, PreUnpatch)] {
        let records = [
            record(1, undo, undo_two, None),
            record(2, undo, undo_one, None),
            record(3, kind, one, Some(undo_one)),
            record(4, kind, two, Some(undo_two)),
        ];
        assert_eq!(run(&records, undo), (0, vec!["undo_two", "undo_one"]));
    }
}

#[test]
fn other_objects_and_kinds_are_left_alone() {
    let records = [
        other_object(record(1, PrePatch, one, None)),
        record(2, PostPatch, one, None),
        record(3, PrePatch, two, None),
    ];
    assert_eq!(run(&records, PrePatch), (0, vec!["two"]));
}

#[test]
fn a_refusal_undoes_the_earlier_ones_last_first() {
    let records = [
        record(1, PrePatch, one, Some(undo_one)),
        other_object(record(2, PrePatch, two, Some(undo_refuses))),
        record(3, PrePatch, two, Some(undo_two)),
        record(4, PrePatch, refuses, Some(undo_refuses)),
        record(5, PrePatch, one, Some(undo_one)),
    ];
    let log = vec!["one", "two", "refuses", "undo_two", "undo_one"];
    assert_eq!(run(&records, PrePatch), (-16, log));
}

#[test]
fn what_has_no_undo_is_not_undone() {
    let records = [
        record(1, PrePatch, one, None),
        record(2, PrePatch, refuses, None),
    ];
    assert_eq!(run(&records, PrePatch), (-16, vec!["one", "refuses"]));
}

#[test]
fn one_callback_runs_once_even_where_code_is_shared() {
    let records = [
        record(1, PostPatch, one, None),
        record(1, PostPatch, one, None),
    ];
    assert_eq!(run(&records, PostPatch), (0, vec!["one", "one"]));
}

#[test]
fn without_callbacks_nothing_refuses() {
    assert_eq!(run(&[], PrePatch), (0, vec![]));
}
