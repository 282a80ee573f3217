// SPDX-License-Identifier: GPL-2.0-only
use klp_runtime::contract::CallbackKind::{self, PostPatch, PostUnpatch, PrePatch, PreUnpatch};

use super::super::report::{Code, Header, Kernel, Object, Pair, Reached, Tables};
use super::Severity::{Note, Refusal, Warning};
use super::*;

fn code(name: &str, digest: &str) -> Code {
    Code {
        name: name.into(),
        size: 16,
        digest: digest.into(),
        reaches: Vec::new(),
    }
}

fn function(symbol: &str) -> Function {
    Function {
        symbol: symbol.into(),
        sympos: 0,
        new: code(symbol, "1"),
        place: None,
    }
}

fn callback(kind: CallbackKind, function: &str, pair: Pair) -> Callback {
    Callback {
        kind,
        function: function.into(),
        pair,
        code: Some(code(function, "1")),
        place: None,
    }
}

fn undone_by(function: &str) -> Pair {
    Pair::UndoneBy {
        function: function.into(),
    }
}

fn undoes(function: &str) -> Pair {
    Pair::Undoes {
        functions: vec![function.into()],
    }
}

fn because(reason: &str) -> Pair {
    Pair::None {
        reason: reason.into(),
    }
}

fn shadow(id: u64, value_type: &str) -> Shadow {
    Shadow {
        id,
        name: "LOCK".into(),
        parent_type: "sta_info".into(),
        value_type: value_type.into(),
        place: None,
    }
}

fn state(id: u64, version: u32, value_type: Option<&str>) -> State {
    State {
        id,
        version,
        name: value_type.map(|_| "LIMIT".to_owned()),
        value_type: value_type.map(str::to_owned),
        place: None,
    }
}

/// A cumulative patch with one of everything that another can lose.
fn patch(name: &str) -> Report {
    let callbacks = vec![
        callback(PrePatch, "acquire", undone_by("release")),
        callback(PostPatch, "start", undone_by("stop")),
        callback(PreUnpatch, "stop", undoes("start")),
        callback(PostUnpatch, "release", undoes("acquire")),
    ];
    Report {
        format: FORMAT,
        name: name.into(),
        core: Core::Builtin,
        tables: Tables::Kernel,
        described: true,
        replace: Some(true),
        kernel: Kernel {
            release: "6.1.0".into(),
            vermagic: "6.1.0 SMP".into(),
            build_id: Some("ab".into()),
        },
        build_id: None,
        memory: 0,
        signed: false,
        license: Some("GPL".into()),
        description: None,
        authors: Vec::new(),
        version: None,
        depends: Vec::new(),
        objects: vec![Object {
            name: "vmlinux".into(),
            functions: vec![function("show")],
            callbacks,
            ..Object::default()
        }],
        shadows: Some(vec![shadow(7, "SpinLock")]),
        states: Some(vec![state(1, 2, Some("c_int"))]),
        parameters: Vec::new(),
        imports: Vec::new(),
        relocations: Vec::new(),
        header: None::<Header>,
    }
}

type Edit = fn(&mut Report);

fn as_it_is(_: &mut Report) {}

fn drop_callbacks(patch: &mut Report, names: &[&str]) {
    for object in &mut patch.objects {
        let callbacks = &mut object.callbacks;
        callbacks.retain(|callback| !names.contains(&callback.function.as_str()));
    }
}

/// Stacked patches that have nothing in common but what the case adds.
fn stack(patch: &mut Report) {
    patch.replace = Some(false);
    patch.objects.clear();
    patch.shadows = Some(Vec::new());
    patch.states = Some(Vec::new());
}

fn patching(patch: &mut Report, symbol: &str, sympos: u64) {
    patch.objects = vec![Object {
        name: "vmlinux".into(),
        functions: vec![Function {
            sympos,
            ..function(symbol)
        }],
        ..Object::default()
    }];
}

/// What is found where OLD and NEW differ from [`patch`] in that way.
fn found(old: Edit, new: Edit) -> Vec<(Severity, &'static str)> {
    let (mut before, mut after) = (patch("old"), patch("new"));
    old(&mut before);
    new(&mut after);
    let diff = diff(&before, &after);
    let refused = diff.findings.iter().any(|f| f.severity == Refusal);
    assert_eq!(diff.refused(), refused);
    let findings = diff.findings.iter();
    findings.map(|f| (f.severity, f.name)).collect()
}

#[test]
fn a_patch_may_follow_one_that_it_knows_all_of() {
    assert_eq!(found(as_it_is, as_it_is), []);
    let more: Edit = |new| {
        new.objects[0].functions.push(function("seek"));
        new.states = Some(vec![state(1, 3, Some("c_int")), state(2, 1, None)]);
        new.shadows.as_mut().unwrap().push(shadow(8, "AtomicU32"));
    };
    assert_eq!(found(as_it_is, more), []);
    let moved: Edit = |new| new.objects[0].functions[0].sympos = 1;
    assert_eq!(found(as_it_is, moved), [], "0 and 1 are one function");
    assert_eq!(
        found(as_it_is, stack),
        [],
        "nothing goes where patches stack"
    );
}

/// What OLD is, what NEW is, and what that comes to.
type Case = (Edit, Edit, &'static [(Severity, &'static str)]);

const CASES: &[Case] = &[
    (
        as_it_is,
        |new| new.kernel.vermagic = "6.1.0 preempt".into(),
        &[(Refusal, "other-kernel")],
    ),
    (
        as_it_is,
        |new| {
            new.kernel.release = "6.12.1".into();
            new.kernel.vermagic = "6.12.1 SMP".into();
            new.kernel.build_id = Some("cd".into());
        },
        &[(Refusal, "other-kernel")],
    ),
    (
        as_it_is,
        |new| new.kernel.build_id = Some("cd".into()),
        &[(Warning, "other-build")],
    ),
    (
        |old| old.core = Core::Klp,
        |new| {
            new.core = Core::Klp;
            new.kernel.build_id = Some("cd".into());
        },
        &[(Refusal, "other-build")],
    ),
    (as_it_is, |new| new.kernel.build_id = None, &[]),
    (
        as_it_is,
        |new| new.core = Core::Klp,
        &[(Refusal, "other-core")],
    ),
    (
        as_it_is,
        |new| new.name = "old".into(),
        &[(Warning, "same-name")],
    ),
    (
        as_it_is,
        |new| new.replace = None,
        &[(Note, "unknown-replace")],
    ),
    // Functions.
    (
        as_it_is,
        |new| new.objects[0].functions.clear(),
        &[(Warning, "dropped-function")],
    ),
    (
        as_it_is,
        |new| new.objects[0].functions[0].sympos = 2,
        &[(Warning, "dropped-function")],
    ),
    (
        |old| {
            stack(old);
            patching(old, "show", 0);
        },
        |new| {
            stack(new);
            patching(new, "show", 1);
        },
        &[(Refusal, "function-of-both")],
    ),
    (
        as_it_is,
        |new| {
            stack(new);
            patching(new, "show", 0);
        },
        &[(Warning, "function-of-both")],
    ),
    (
        as_it_is,
        |new| {
            stack(new);
            patching(new, "seek", 0);
        },
        &[],
    ),
    // Callbacks.
    (
        as_it_is,
        |new| drop_callbacks(new, &["acquire", "release"]),
        &[(Refusal, "dropped-callback")],
    ),
    (
        as_it_is,
        |new| drop_callbacks(new, &["stop"]),
        &[(Refusal, "dropped-callback")],
    ),
    (
        as_it_is,
        |new| drop_callbacks(new, &["start"]),
        &[(Warning, "dropped-setup")],
    ),
    (
        |old| {
            drop_callbacks(old, &["release", "acquire"]);
            let release = callback(PostUnpatch, "release", because("parents free theirs"));
            old.objects[0].callbacks.push(release);
        },
        |new| drop_callbacks(new, &["release", "acquire"]),
        &[(Warning, "dropped-callback")],
    ),
    (
        |old| {
            drop_callbacks(old, &["release", "acquire"]);
            let acquire = callback(PrePatch, "acquire", because("it only looks"));
            old.objects[0].callbacks.push(acquire);
        },
        |new| drop_callbacks(new, &["release", "acquire"]),
        &[(Warning, "dropped-setup")],
    ),
    (
        as_it_is,
        |new| {
            drop_callbacks(new, &["release"]);
            let release = callback(PostUnpatch, "release_all", undoes("acquire"));
            new.objects[0].callbacks.push(release);
        },
        &[(Warning, "other-callback")],
    ),
    (
        as_it_is,
        |new| new.objects[0].name = "e1000".into(),
        &[
            (Refusal, "dropped-callback"),
            (Refusal, "dropped-callback"),
            (Warning, "dropped-function"),
        ],
    ),
    // Shadow variables.
    (
        as_it_is,
        |new| new.shadows = Some(Vec::new()),
        &[(Refusal, "dropped-shadow")],
    ),
    (
        as_it_is,
        |new| new.shadows = Some(vec![shadow(7, "AtomicU32")]),
        &[(Refusal, "other-shadow-type")],
    ),
    (
        as_it_is,
        |new| {
            stack(new);
            new.shadows = Some(vec![shadow(7, "AtomicU32")]);
        },
        &[(Refusal, "other-shadow-type")],
    ),
    (
        |old| old.shadows = None,
        as_it_is,
        &[(Warning, "unknown-shadows")],
    ),
    (
        as_it_is,
        |new| new.shadows = None,
        &[(Warning, "unknown-shadows")],
    ),
    (
        |old| old.shadows = Some(Vec::new()),
        |new| new.shadows = None,
        &[],
    ),
    // States.
    (
        as_it_is,
        |new| new.states = Some(Vec::new()),
        &[(Refusal, "dropped-state")],
    ),
    (
        as_it_is,
        |new| new.states = Some(vec![state(1, 1, Some("c_int"))]),
        &[(Refusal, "lower-state-version")],
    ),
    (
        as_it_is,
        |new| {
            stack(new);
            new.states = Some(vec![state(1, 1, Some("c_int"))]);
        },
        &[(Refusal, "lower-state-version")],
    ),
    (
        as_it_is,
        |new| new.states = Some(vec![state(1, 2, Some("c_ulong"))]),
        &[(Refusal, "other-state-type")],
    ),
    (
        as_it_is,
        |new| new.states = Some(vec![state(1, 2, None)]),
        &[],
    ),
];

#[test]
fn what_speaks_against_it_is_found() {
    for (index, (old, new, expected)) in CASES.iter().enumerate() {
        assert_eq!(found(*old, *new), *expected, "case {index}");
    }
}

#[test]
fn every_finding_has_a_case() {
    let all: std::collections::BTreeSet<_> = include_str!("messages.rs")
        .split("Finding::new(")
        .skip(1)
        .filter_map(|call| call.split('"').nth(1))
        .collect();
    let tested = CASES.iter().flat_map(|(_, _, found)| found.iter());
    let tested: std::collections::BTreeSet<_> = tested.map(|(_, name)| *name).collect();
    assert_eq!(all, tested);
}

#[test]
fn a_finding_says_what_why_and_what_next() {
    let (old, mut new) = (patch("old"), patch("new"));
    drop_callbacks(&mut new, &["release"]);
    let diff = diff(&old, &new);
    let [finding] = diff.findings.as_slice() else {
        panic!("{:?}", diff.findings)
    };
    let message =
        "`release` is dropped, a post_unpatch callback of vmlinux, and `new` has no other";
    assert_eq!(finding.message, message);
    assert!(
        finding.notes[0].contains("what `acquire` did"),
        "{finding:?}"
    );
    let help = finding.help.as_deref().unwrap();
    assert!(help.starts_with("keep `acquire` and `"), "{help}");
}

#[test]
fn the_worst_comes_first() {
    let (old, mut new) = (patch("old"), patch("new"));
    new.replace = None;
    new.objects.clear();
    let diff = diff(&old, &new);
    let severities = diff.findings.iter().map(|finding| finding.severity);
    assert!(severities.is_sorted());
    assert_eq!(diff.findings.last().unwrap().severity, Note);
}

fn differs<T>(changes: &[Change<T>]) -> Vec<&str> {
    let changes = changes.iter().map(|change| match change {
        Change::Added { .. } => vec!["added"],
        Change::Dropped { .. } => vec!["dropped"],
        Change::Changed { differs, .. } => differs.iter().map(String::as_str).collect(),
    });
    changes.flatten().collect()
}

#[test]
fn changes_of_each_kind_are_named() {
    let (mut old, mut new) = (patch("old"), patch("new"));
    old.objects[0].functions.push(function("gone"));
    new.objects[0].functions.push(function("added"));
    let show = &mut new.objects[0].functions[0];
    show.new.digest = "2".into();
    show.new.size = 20;
    show.new.reaches = vec![Reached {
        name: "helper".into(),
        digest: "1".into(),
    }];
    new.objects[0].callbacks[0].pair = because("it only looks");
    new.states = Some(vec![state(1, 3, Some("c_int"))]);
    new.shadows = None;
    let parameter = Parameter {
        name: "level".into(),
        type_name: Some("int".into()),
        mode: 0o644,
        default: Some("1".into()),
        description: None,
    };
    old.parameters = vec![parameter.clone()];
    new.parameters = vec![Parameter {
        mode: 0o444,
        default: Some("2".into()),
        ..parameter
    }];
    let relocation = |count| Relocation {
        object: "vmlinux".into(),
        section: ".text".into(),
        symbol: "jiffies".into(),
        count,
    };
    (old.relocations, new.relocations) = (vec![relocation(1)], vec![relocation(2)]);
    let diff = diff(&old, &new);
    let functions = [
        "added",
        "dropped",
        "code: 16 → 20 bytes",
        "now reaches `helper`",
    ];
    assert_eq!(differs(&diff.functions), functions);
    assert_eq!(differs(&diff.callbacks), ["its other half"]);
    assert_eq!(differs(diff.states.as_deref().unwrap()), ["version: 2 → 3"]);
    assert_eq!(diff.shadows, None);
    let parameters = ["mode: 0644 → 0444", "default: 1 → 2"];
    assert_eq!(differs(&diff.parameters), parameters);
    assert_eq!(differs(&diff.relocations), ["count: 1 → 2"]);
    assert_eq!(differs(&diff.imports), [""; 0]);
}

#[test]
fn two_callbacks_of_one_name_are_both_compared() {
    let (mut old, mut new) = (patch("old"), patch("new"));
    let twin = callback(PrePatch, "acquire", undone_by("release"));
    old.objects[0].callbacks.push(twin.clone());
    new.objects[0].callbacks.push(twin);
    new.objects[0].callbacks[4].code = Some(code("acquire", "2"));
    assert_eq!(differs(&diff(&old, &new).callbacks), ["code"]);
}
