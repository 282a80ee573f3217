// SPDX-License-Identifier: GPL-2.0-only
//! What an author sees when the link step refuses a patch, or warns of something in it.
//!
//! A case is a file: `refusals/NAME.rs` is a patch crate ([`scratch::Case`]), `NAME.stderr` beside
//! it what `cargo build` must say, for either core; where it says something else for klp's, that is in
//! `NAME.klp.stderr`. `KLP_BLESS=1` writes them; read them.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod scratch;

use std::fs;
use std::path::{Path, PathBuf};

use scratch::expected::{compare, normaliser};
use scratch::{Case, Workspace};

#[test]
#[ignore = "needs a kernel profile: run by cargo xtask test"]
fn mistakes_are_refused() {
    let workspace = Workspace::new("refusals").with_variable("KLP_CORE", "builtin");
    all_are_refused(&workspace, |case| case.with_extension("stderr"));
}

#[test]
#[ignore = "needs a kernel profile: run by cargo xtask test"]
fn mistakes_are_refused_for_klps_core() {
    let workspace = Workspace::new("refusals-klp").with_variable("KLP_CORE", "klp");
    all_are_refused(&workspace, |case| {
        let own = case.with_extension("klp.stderr");
        if own.exists() {
            own
        } else {
            case.with_extension("stderr")
        }
    });
}

/// A patch is made, and what may be wrong with it is said: `warnings/` has the cases.
#[test]
#[ignore = "needs a kernel profile: run by cargo xtask test"]
fn what_may_be_wrong_is_warned_of() {
    let workspace = Workspace::new("warnings").with_variable("KLP_CORE", "builtin");
    for path in cases("warnings") {
        let case = Case::read(&path);
        let output = workspace.build(&case);
        let said = normaliser(&workspace).apply(&output.stderr);
        assert!(
            output.status.success(),
            "{}: is refused\n{said}",
            case.folder
        );
        compare(&path.with_extension("stderr"), &said).unwrap();
    }
}

/// Each case is refused as the file says that `expected` gives for it.
fn all_are_refused(workspace: &Workspace, expected: fn(&Path) -> PathBuf) {
    let only = std::env::var("KLP_TEST_CASE").unwrap_or_default();
    let failures: Vec<_> = cases("refusals")
        .into_iter()
        .filter(|path| path.to_string_lossy().contains(&only))
        .filter_map(|path| refuse(workspace, &path, &expected(&path)).err())
        .collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

fn cases(folder: &str) -> Vec<PathBuf> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let folder = tests.join(folder);
    let entries = fs::read_dir(folder).unwrap().flatten();
    let mut cases: Vec<_> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect();
    cases.sort();
    cases
}

fn refuse(workspace: &Workspace, path: &Path, expected: &Path) -> Result<(), String> {
    let case = Case::read(path);
    let output = workspace.build(&case);
    let said = normaliser(workspace).apply(&output.stderr);
    if output.status.success() {
        return Err(format!("{}: builds\n{said}", case.folder));
    }
    let left = workspace.outputs(&case);
    if !left.is_empty() {
        return Err(format!("{}: left {left:?}", case.folder));
    }
    compare(expected, &said)
}
