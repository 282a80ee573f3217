// SPDX-License-Identifier: GPL-2.0-only
//! The list of codes: what is promised of it, by looking through the sources of this repository.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use klp_codes::{ALL, Code, Part};

/// Where messages are made.
const SOURCES: [&str; 5] = [
    "cargo-klp/src",
    "klp-kernel/src",
    "klp-link/src",
    "klp-macros/src",
    "klp-types/src",
];

/// Where messages are shown: expectations of tests, and tests that have them in their text.
const SHOWN: [&str; 7] = [
    "ui-tests/cases",
    "cargo-klp/tests",
    "cargo-klp/src/machine",
    "klp-link/src/fit",
    "klp-link/src/link/tests",
    "klp-macros/tests",
    "klp-kernel/tests",
];

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The texts of all files below `folder` that `wanted` says.
fn texts(folder: &Path, wanted: &dyn Fn(&Path) -> bool) -> Vec<(PathBuf, String)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found = Vec::new();
    for path in entries.map(|entry| entry.path()) {
        if path.is_dir() {
            found.extend(texts(&path, wanted));
        } else if wanted(&path) {
            let text = fs::read_to_string(&path).unwrap_or_default();
            found.push((path, text));
        }
    }
    found
}

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    let extension = path.extension().unwrap_or_default();
    extensions.iter().any(|wanted| extension == *wanted)
}

/// A source up to its tests.
fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests {")
        .next()
        .unwrap_or(text)
}

/// All words of `text`.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_'))
}

#[test]
fn a_code_keeps_its_meaning() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/meanings.txt");
    let text = fs::read_to_string(path).expect("the list is there");
    let meanings = text.lines().filter(|line| !line.starts_with('#'));
    let meanings: Vec<_> = meanings.map(str::to_owned).collect();
    let listed = ALL
        .iter()
        .map(|entry| format!("{} {}", entry.code, entry.name));
    assert_eq!(listed.collect::<Vec<_>>(), meanings);
}

#[test]
fn every_code_is_explained_in_full() {
    for entry in ALL {
        let code = entry.code;
        let explanation = code.explanation().expect("it is listed");
        let head = format!("# {code}: ");
        assert!(explanation.text().starts_with(&head), "{code}");
        assert!(!explanation.title().is_empty(), "{code}");
        for part in Part::ALL {
            let text = explanation.part(part).unwrap_or_default();
            assert!(text.len() >= 10, "{code} lacks {part:?}");
        }
        let example = explanation.part(Part::Example).unwrap_or_default();
        assert!(
            example.starts_with("```") && example.ends_with("```"),
            "{code}"
        );
    }
}

#[test]
fn every_explanation_belongs_to_a_code() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("explanations");
    let files = texts(&folder, &|_| true);
    for (path, _) in &files {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        assert!(Code::named(&name).is_some(), "{}", path.display());
    }
    assert_eq!(files.len(), ALL.len());
}

#[test]
fn each_code_is_of_one_kind_of_message() {
    let mut uses: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for folder in SOURCES {
        let is_source = |path: &Path| {
            has_extension(path, &["rs"])
                && !path.components().any(|part| part.as_os_str() == "tests")
        };
        for (path, text) in texts(&repository().join(folder), &is_source) {
            let text = without_tests(&text);
            for entry in ALL {
                let constant = format!("codes::{}", entry.name);
                let after = |at: usize| text[at + constant.len()..].chars().next();
                let by_name = text.match_indices(&constant).filter(|(at, _)| {
                    after(*at).is_none_or(|c| !(c.is_alphanumeric() || c == '_'))
                });
                let in_text = format!("\"[{}] ", entry.code);
                for _ in 0..by_name.count() + text.matches(&in_text).count() {
                    let place = path.display().to_string();
                    uses.entry(entry.name).or_default().push(place);
                }
            }
        }
    }
    for entry in ALL {
        let places = uses.get(entry.name).map_or(&[][..], Vec::as_slice);
        assert_eq!(places.len(), 1, "{} {}: {places:?}", entry.code, entry.name);
    }
}

#[test]
fn each_code_has_a_test_that_shows_it() {
    let wanted = |path: &Path| has_extension(path, &["stderr", "txt", "rs"]);
    let files = SHOWN
        .iter()
        .flat_map(|folder| texts(&repository().join(folder), &wanted));
    let files: Vec<_> = files.collect();
    let shown: Vec<&str> = files.iter().flat_map(|(_, text)| words(text)).collect();
    let missing = ALL.iter().map(|entry| entry.code.to_string());
    let missing: Vec<_> = missing
        .filter(|code| !shown.contains(&code.as_str()))
        .collect();
    assert!(missing.is_empty(), "no test shows {missing:?}");
}
