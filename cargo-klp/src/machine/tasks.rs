// SPDX-License-Identifier: GPL-2.0-only
//! The tasks that have not switched yet, as `/proc` shows them.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::PathBuf;

use super::{Machine, Patch, attribute};

/// A thread.
#[derive(Clone, Debug)]
pub struct Task(PathBuf);

/// Where a thread stands in a transition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Behind,
    Switched,
    /// Only root may see.
    Hidden,
}

impl Machine {
    /// The threads that have not switched to what `patch` is moving to.
    pub fn behind(&self, patch: &Patch) -> impl Iterator<Item = Task> {
        self.tasks()
            .filter(|task| task.state(patch) == State::Behind)
    }

    /// Every thread of every process.
    pub(super) fn tasks(&self) -> impl Iterator<Item = Task> + use<> {
        let processes = fs::read_dir(self.path("proc")).into_iter().flatten();
        let threads = processes
            .flatten()
            .filter_map(|process| fs::read_dir(process.path().join("task")).ok());
        threads
            .flatten()
            .flatten()
            .map(|thread| Task(thread.path()))
    }
}

impl Task {
    /// Its number.
    pub fn id(&self) -> u32 {
        let name = self.0.file_name().unwrap_or_default().to_str();
        name.and_then(|name| name.parse().ok()).unwrap_or_default()
    }

    /// Its name; empty if it is gone.
    pub fn comm(&self) -> String {
        attribute(&self.0, "comm").unwrap_or_default()
    }

    /// What it is in, the innermost function first.
    ///
    /// # Errors
    ///
    /// When it is gone, or this user may not see it.
    pub fn stack(&self) -> io::Result<String> {
        fs::read_to_string(self.0.join("stack"))
    }

    /// Where it stands in the transition of `patch`. A thread that is gone is none to wait for.
    pub(super) fn state(&self, patch: &Patch) -> State {
        let target = if patch.enabled { "1" } else { "0" };
        match fs::read_to_string(self.0.join("patch_state")) {
            // Outside of any transition it is -1.
            Ok(state) if state.trim() == target || state.trim() == "-1" => State::Switched,
            Ok(_) => State::Behind,
            Err(error) if error.kind() == ErrorKind::PermissionDenied => State::Hidden,
            Err(_) => State::Switched,
        }
    }
}
