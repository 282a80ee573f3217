// SPDX-License-Identifier: GPL-2.0-only
//! Nearly all cases are answered in klp's own words, by a message with a code.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The fewest cases of wrong code that are answered in klp's words.
const FEWEST: usize = 60;

/// Cases that rustc answers by itself, in words that need no others.
const IN_RUSTCS_WORDS: [&str; 11] = [
    // A name defined twice; the name says what there can be only one of.
    "module/twice",
    "patch/twice",
    // A function of another type.
    "module/types",
    // A trait implemented twice; its name says that a callback undoes one other only.
    "pairing/undo_claimed_twice",
    "pairing/undoes_nothing_but_claimed",
    // A value of another type, or out of its range.
    "param/value",
    "param/value_too_large",
    "types/value",
    // A value that does not live long enough, is copied, or is used where it may sleep.
    "shadow/lifetime",
    "types/copied",
    "shadow/constructor_sleeps",
];

/// Each case with what must be said of it.
fn cases() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let subjects = fs::read_dir(folder).unwrap().flatten();
    let files = subjects.flat_map(|subject| fs::read_dir(subject.path()).unwrap().flatten());
    let paths = files.map(|file| file.path());
    let expected = paths.filter(|path| path.extension().is_some_and(|kind| kind == "stderr"));
    let case = |path: &Path| {
        let name = path.with_extension("");
        let mut parts = name.iter().rev().map(|part| part.to_string_lossy());
        let (case, subject) = (parts.next().unwrap(), parts.next().unwrap());
        format!("{subject}/{case}")
    };
    expected
        .map(|path| (case(&path), fs::read_to_string(&path).unwrap()))
        .collect()
}

#[test]
fn most_cases_are_answered_in_klps_words() {
    let own = |text: &str| text.contains("[KLP");
    let cases = cases();
    let others = cases.iter().filter(|(_, text)| !own(text));
    let others: BTreeSet<_> = others.map(|(case, _)| case.as_str()).collect();
    assert_eq!(others, BTreeSet::from(IN_RUSTCS_WORDS));
    assert!(cases.len() - others.len() >= FEWEST, "{}", cases.len());
}
