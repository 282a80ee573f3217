// SPDX-License-Identifier: GPL-2.0-only
//! What a test must say, kept in a file beside it. `KLP_BLESS=1` writes the file; read it.

use std::fs;
use std::path::Path;

use klp_link::profile::Profile;

use super::{Normaliser, Workspace};

/// Compares what was said with the file `expected`; the error is the difference.
pub fn compare(expected: &Path, said: &str) -> Result<(), String> {
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

/// Gives names to what differs between machines and kernels, as builds in `workspace` say it.
pub fn normaliser(workspace: &Workspace) -> Normaliser {
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
        .replace(super::repository(), "$REPO")
        .replace(release, "$KERNEL")
        .replace(format!("has: {}", objects.join(", ")), "has: $OBJECTS")
}
