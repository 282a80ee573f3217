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

use klp_link::profile::Profile;
use scratch::{Case, Normaliser, Workspace};

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

fn compare(expected: &Path, said: &str) -> Result<(), String> {
    if std::env::var_os("KLP_BLESS").is_some() {
        fs::write(expected, said).unwrap();
    }
    let text = fs::read_to_string(expected).unwrap_or_default();
    if text == said {
        return Ok(());
    }
    let diff = similar::TextDiff::from_lines(text.as_str(), said);
    let name = expected.display().to_string();
    let diff = diff.unified_diff().header(&name, "said").to_string();
    Err(diff)
}

fn normaliser(workspace: &Workspace) -> Normaliser {
    let default = workspace.home.join("kernels/default");
    let release = fs::read_to_string(default).unwrap();
    let release = release.trim();
    let profile = workspace.home.join("kernels").join(release).join("profile");
    let profile = Profile::open(&profile).unwrap();
    assert_eq!(profile.release(), release);
    let objects: Vec<_> = profile
        .objects()
        .map(|object| object.name().to_owned())
        .collect();
    Normaliser::default()
        .replace(&workspace.root, "$WORKSPACE")
        .replace(&workspace.home, "$KLP_HOME")
        .replace(scratch::repository(), "$REPO")
        .replace(release, "$KERNEL")
        .replace(format!("has: {}", objects.join(", ")), "has: $OBJECTS")
}
