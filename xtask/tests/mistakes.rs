// SPDX-License-Identifier: GPL-2.0-only
//! `MISTAKES.md` says what is there: each test that it names exists and shows the code beside it.

use std::fs;
use std::path::{Path, PathBuf};

/// The most mistakes that may be left for loading.
const LOADING: usize = 4;
/// The fewest that the table has.
const FEWEST: usize = 40;

/// A row of the table.
struct Row {
    mistake: String,
    stage: String,
    code: String,
    test: PathBuf,
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn rows() -> Vec<Row> {
    let text = fs::read_to_string(repository().join("MISTAKES.md")).unwrap_or_default();
    let lines = text.lines().filter(|line| line.starts_with("| ")).skip(1);
    lines.map(row).collect()
}

fn row(line: &str) -> Row {
    let cells: Vec<_> = line.trim_matches('|').split(" | ").map(str::trim).collect();
    let [mistake, stage, code, test] = cells[..] else {
        panic!("not four cells: {line}");
    };
    Row {
        mistake: mistake.to_owned(),
        stage: stage.to_owned(),
        code: code.to_owned(),
        test: repository().join(test.trim_matches('`')),
    }
}

/// Where a test has what must be said: for a case in the file beside it.
fn expectation(test: &Path) -> PathBuf {
    let beside = test.with_extension("stderr");
    if beside.is_file() {
        beside
    } else {
        test.to_owned()
    }
}

#[test]
fn every_test_is_there_and_shows_the_code() {
    for Row {
        mistake,
        code,
        test,
        ..
    } in rows()
    {
        assert!(test.is_file(), "{mistake}: no {}", test.display());
        let expected = expectation(&test);
        let text = fs::read_to_string(&expected).unwrap_or_default();
        assert!(
            text.contains(&code),
            "{mistake}: no {code} in {}",
            expected.display()
        );
    }
}

#[test]
fn stages_are_those_of_the_codes() {
    for Row {
        mistake,
        stage,
        code,
        ..
    } in rows()
    {
        let expected = match code.as_bytes().get(3) {
            Some(b'0') => "source",
            Some(b'1') => "linking",
            _ => "loading",
        };
        assert_eq!(stage, expected, "{mistake}");
    }
}

#[test]
fn little_is_left_for_loading() {
    let rows = rows();
    let late = rows.iter().filter(|row| row.stage == "loading").count();
    assert!(
        rows.len() >= FEWEST && late <= LOADING,
        "{}, {late}",
        rows.len()
    );
}
