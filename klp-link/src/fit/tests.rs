// SPDX-License-Identifier: GPL-2.0-only
//! A patch that was built for one small kernel, on others.

use super::fixture::Btf;
use super::*;
use crate::info::{FORMAT as INFO, Function, KernelSymbol, Type, TypeKind};
use crate::profile::fixture::{Symbol, kernel};

/// What the patch was built for.
const SYMBOLS: [Symbol<'_>; 5] = [
    ("show", 't', true),
    ("twice", 't', true),
    ("twice", 't', true),
    ("table", 'd', false),
    ("start", 't', true),
];

/// How a kernel's types differ from those of the build.
#[derive(Default)]
struct Types {
    /// A parameter of `show` that is `long` instead of `int`.
    wide: bool,
    /// A `const` that changes nothing.
    constant: bool,
    /// What `struct task` has before its members.
    before: u32,
    /// `struct task` without `pid`.
    without_pid: bool,
    /// `pid` is a pointer.
    pointer: bool,
    /// No `struct task`.
    without_task: bool,
    /// The value of `LIVE`, if there is one.
    live: Option<u32>,
}

fn types(differs: &Types) -> Vec<u8> {
    let mut btf = Btf::new();
    let (int, long) = (btf.int("int", 4), btf.int("long", 8));
    let text = match differs.constant {
        true => btf.constant(int),
        false => int,
    };
    let pointer = btf.pointer(text);
    if !differs.without_task {
        let pid = if differs.pointer { pointer } else { int };
        let before = differs.before * 8;
        let members = [("flags", int, before), ("pid", pid, before + 64)];
        let count = if differs.without_pid { 1 } else { 2 };
        btf.record("task", 16 + differs.before, &members[..count]);
    }
    btf.function(
        "show",
        int,
        &[pointer, if differs.wide { long } else { int }],
    );
    if let Some(live) = differs.live {
        btf.enumeration("state", &[("GONE", 7), ("LIVE", live)]);
    }
    btf.finish()
}

fn base() -> Types {
    Types {
        live: Some(1),
        ..Types::default()
    }
}

fn info() -> Info {
    let function = |symbol: &str, sympos| Function {
        object: "vmlinux".into(),
        symbol: symbol.into(),
        sympos,
        place: Place {
            file: "src/main.rs".into(),
            line: 3,
            column: 1,
        },
    };
    let of = |kind, name: &str, members: &[&str]| Type {
        kind,
        object: "vmlinux".into(),
        name: name.into(),
        members: members.iter().map(|&name| name.to_owned()).collect(),
        size: None,
        place: None,
    };
    Info {
        format: INFO,
        objects: Vec::new(),
        functions: vec![function("show", 0), function("twice", 2)],
        callbacks: Vec::new(),
        shadows: Vec::new(),
        states: Vec::new(),
        kernel_symbols: vec![KernelSymbol {
            object: "vmlinux".into(),
            name: "table".into(),
            sympos: 0,
        }],
        types: Some(vec![
            of(TypeKind::Record, "task", &["flags", "pid"]),
            of(TypeKind::Enum, "state", &["LIVE"]),
            of(TypeKind::Constant, "GONE", &[]),
        ]),
    }
}

/// What a kernel has that differs: names and what is in the cell, with the whole message.
fn differences(symbols: &[Symbol<'_>], differs: &Types) -> Vec<(String, Outcome, String, String)> {
    let built_for = kernel("6.1.0", &SYMBOLS, types(&base()));
    let other = kernel("6.12.0", symbols, types(differs));
    let fit = fit(&info(), &built_for, &[other]).unwrap();
    let refused = !fit.refused().is_empty();
    let answers = fit.things.into_iter().map(|mut thing| {
        let answer = thing.answers.remove(0);
        let code = answer.code.map(|code| format!("[{code}]")).into_iter();
        let text = code.chain(answer.message).chain(answer.notes);
        let text = text.chain(answer.help).collect::<Vec<_>>().join("\n");
        (thing.name, answer.outcome, answer.reason, text)
    });
    let odd: Vec<_> = answers.filter(|answer| answer.1 != Outcome::Same).collect();
    assert_eq!(
        refused,
        odd.iter().any(|answer| answer.1 == Outcome::Refused)
    );
    odd
}

#[track_caller]
fn only(symbols: &[Symbol<'_>], differs: &Types, expected: (&str, Outcome, &str), parts: &[&str]) {
    let odd = differences(symbols, differs);
    let [(name, outcome, reason, text)] = odd.as_slice() else {
        panic!("not one difference: {odd:#?}");
    };
    assert_eq!(
        (name.as_str(), *outcome, reason.as_str()),
        expected,
        "{text}"
    );
    for part in parts {
        assert!(text.contains(part), "`{part}` is not in: {text}");
    }
}

#[track_caller]
fn refused_types(differs: &Types, (name, reason): (&str, &str), parts: &[&str]) {
    only(&SYMBOLS, differs, (name, Outcome::Refused, reason), parts);
}

fn without(name: &str) -> Vec<Symbol<'static>> {
    SYMBOLS
        .into_iter()
        .filter(|symbol| symbol.0 != name)
        .collect()
}

#[test]
fn the_same_kernel_fits() {
    assert_eq!(differences(&SYMBOLS, &base()), []);
    let constant = Types {
        constant: true,
        ..base()
    };
    assert_eq!(differences(&SYMBOLS, &constant), []);
}

#[test]
fn symbols_that_are_not_there() {
    let show = ("show", Outcome::Refused, "missing");
    let parts = [
        "[KLP117]",
        "`vmlinux` of kernel 6.12.0 has no symbol `show`",
    ];
    only(&without("show"), &base(), show, &parts);
    let table = ("table", Outcome::Refused, "missing");
    only(&without("table"), &base(), table, &["no symbol `table`"]);
}

#[test]
fn functions_that_cannot_be_replaced() {
    for (symbol, reason) in [
        (("show", 'i', true), "in .init"),
        (("show", 't', false), "not traceable"),
        (("show", 'd', false), "data"),
    ] {
        let mut symbols = without("show");
        symbols.push(symbol);
        only(&symbols, &base(), ("show", Outcome::Refused, reason), &[]);
    }
    let mut symbols = SYMBOLS.to_vec();
    symbols.push(("show", 't', true));
    let several = ("show", Outcome::Refused, "2 of that name");
    only(&symbols, &base(), several, &["`sympos = N`"]);
}

#[test]
fn positions_count_where_a_name_is_there_several_times() {
    let mut symbols = SYMBOLS.to_vec();
    symbols.push(("twice", 't', true));
    let more = ("twice,2", Outcome::Refused, "sympos of 3, not 2");
    let parts = ["[KLP302]", "position 2 may be another one"];
    only(&symbols, &base(), more, &parts);
    let mut symbols = without("twice");
    symbols.push(("twice", 't', true));
    let fewer = ("twice,2", Outcome::Refused, "only 1");
    only(&symbols, &base(), fewer, &["out of range"]);
}

#[test]
fn prototypes() {
    let wide = Types {
        wide: true,
        ..base()
    };
    let parts = [
        "[KLP303]",
        "kernel 6.1.0: `int show(int *p, int p)`",
        "kernel 6.12.0: `int show(int *p, long p)`",
    ];
    refused_types(&wide, ("show", "other prototype"), &parts);
}

#[test]
fn structs() {
    const TASK: &str = "struct task { flags, pid }";
    let gone = Types {
        without_task: true,
        ..base()
    };
    refused_types(&gone, (TASK, "missing"), &["[KLP304]", "`task`"]);
    let without_pid = Types {
        without_pid: true,
        ..base()
    };
    let parts = ["[KLP304]", "`pid`"];
    refused_types(&without_pid, (TASK, "no `pid`"), &parts);
    let pointer = Types {
        pointer: true,
        ..base()
    };
    let parts = [
        "[KLP306]",
        "is `int *` in kernel 6.12.0, and `int` in kernel 6.1.0",
    ];
    let expected = (TASK, Outcome::Unsure, "`pid` is `int *`");
    only(&SYMBOLS, &pointer, expected, &parts);
    let moved = Types {
        before: 8,
        ..base()
    };
    only(
        &SYMBOLS,
        &moved,
        (TASK, Outcome::Adapts, "other layout"),
        &[],
    );
}

#[test]
fn sizes_that_the_code_relies_on() {
    let built_for = kernel("6.1.0", &SYMBOLS, types(&base()));
    let larger = Types {
        before: 8,
        ..base()
    };
    let other = kernel("6.12.0", &SYMBOLS, types(&larger));
    let mut info = info();
    info.types.as_mut().unwrap()[0].size = Some(16);
    let fit = fit(&info, &built_for, &[built_for_again(), other]).unwrap();
    assert_eq!(fit.refused(), ["6.12.0"]);
    let task = &fit.things[3];
    let answer = &task.answers[1];
    assert_eq!(answer.reason, "24 bytes");
    assert_eq!(answer.code.map(|code| code.to_string()).unwrap(), "KLP305");
}

fn built_for_again() -> Profile {
    kernel("6.1.0", &SYMBOLS, types(&base()))
}

#[test]
fn enumerators() {
    let odd = differences(&SYMBOLS, &Types::default());
    let names: Vec<_> = odd.iter().map(|odd| (odd.0.as_str(), odd.1)).collect();
    let gone = Outcome::Refused;
    assert_eq!(names, [("enum state { LIVE }", gone), ("GONE", gone)]);
    let other = Types {
        live: Some(2),
        ..base()
    };
    let expected = ("enum state { LIVE }", Outcome::Adapts, "other values");
    only(&SYMBOLS, &other, expected, &[]);
}

#[test]
fn types_of_modules_have_to_be_known() {
    let mut info = info();
    info.types.as_mut().unwrap()[0].object = "a_driver".into();
    let fit = fit(&info, &built_for_again(), &[built_for_again()]).unwrap();
    let json = serde_json::to_value(&fit.things[3].answers[0]).unwrap();
    assert_eq!(json["code"], "KLP301");
    let help = json["help"].as_str().unwrap();
    assert!(help.contains("add-module PATH/a_driver.ko"), "{help}");
}
