// SPDX-License-Identifier: GPL-2.0-only
//! Waiting for patches: until all tasks have switched, until a patch is gone.

use std::{
    fs,
    path::{Path, PathBuf},
    thread::sleep,
    time::{Duration, Instant},
};

use super::{blockers, step::Print};

/// Where the kernel's own core and klp's core show their patches.
const ROOTS: &[&str] = &["/sys/kernel/livepatch", "/sys/kernel/klp"];
/// Long enough for the kernel's core, which tries once a second and signals after 15 seconds.
const LIMIT: Duration = Duration::from_secs(60);
const INTERVAL: Duration = Duration::from_millis(10);

/// Waits until `patch` is in no transition; prints who blocks if that does not come about.
pub fn wait_transition(patch: &str, print: Print<'_>) -> Result<(), String> {
    let directory = find(patch);
    let directory = directory.ok_or_else(|| format!("wait-transition: {patch} is not enabled"))?;
    if wait_until(|| !in_transition(&directory)) {
        return Ok(());
    }
    blockers::print(&directory, print);
    Err(format!(
        "wait-transition: {patch} is still in transition after {} s",
        LIMIT.as_secs()
    ))
}

/// Waits until `patch` is gone from sysfs.
pub fn wait_gone(patch: &str) -> Result<(), String> {
    let gone = wait_until(|| find(patch).is_none());
    gone.then_some(()).ok_or_else(|| {
        format!(
            "wait-gone: {patch} is still there after {} s",
            LIMIT.as_secs()
        )
    })
}

/// Waits until every patch is enabled and in no transition.
pub fn settle(print: Print<'_>) -> Result<(), String> {
    let unsettled = || {
        patches().find(|patch| {
            in_transition(patch) || attribute(patch, "enabled").as_deref() == Some("0")
        })
    };
    if wait_until(|| unsettled().is_none()) {
        return Ok(());
    }
    let Some(patch) = unsettled() else {
        return Ok(());
    };
    blockers::print(&patch, print);
    Err(format!(
        "settle: {} has not settled after {} s",
        patch.display(),
        LIMIT.as_secs()
    ))
}

/// The value of one of a patch's attributes; `None` once the patch is gone.
pub fn attribute(patch: &Path, name: &str) -> Option<String> {
    fs::read_to_string(patch.join(name))
        .ok()
        .map(|value| value.trim().to_owned())
}

fn in_transition(patch: &Path) -> bool {
    attribute(patch, "transition").as_deref() == Some("1")
}

fn find(patch: &str) -> Option<PathBuf> {
    ROOTS
        .iter()
        .map(|root| Path::new(root).join(patch))
        .find(|path| path.is_dir())
}

fn patches() -> impl Iterator<Item = PathBuf> {
    let directories = ROOTS
        .iter()
        .filter_map(|root| fs::read_dir(root).ok())
        .flatten();
    directories
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
}

fn wait_until(mut condition: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + LIMIT;
    loop {
        if condition() {
            return true;
        }
        if Instant::now() >= deadline {
            return false;
        }
        sleep(INTERVAL);
    }
}
