// SPDX-License-Identifier: GPL-2.0-only
//! Which tasks hold a transition up, and what they are doing.

use std::{fs, path::Path};

use super::{step::Print, transition::attribute};

/// How many tasks to show, and how much of each one's stack.
const TASKS: usize = 10;
const FRAMES: usize = 6;

/// Prints the tasks that have not switched to what `patch` is moving to.
pub fn print(patch: &Path, print: Print<'_>) {
    let Some(target) = attribute(patch, "enabled") else {
        return;
    };
    let mut blocking = 0;
    for task in tasks().filter(|task| state(task).is_some_and(|state| state != target)) {
        blocking += 1;
        if blocking <= TASKS {
            show(&task, print);
        }
    }
    print(format!("tasks that have not switched: {blocking}"));
}

fn show(task: &Path, print: Print<'_>) {
    let id = task.file_name().unwrap_or_default().to_string_lossy();
    print(format!(
        "task {id} ({}) has not switched; it is in:",
        read(task, "comm")
    ));
    for frame in read(task, "stack").lines().take(FRAMES) {
        print(format!("    {frame}"));
    }
}

/// `0` or `1` while a transition runs, `-1` otherwise; `None` if the task is gone.
fn state(task: &Path) -> Option<String> {
    attribute(task, "patch_state").filter(|state| state != "-1")
}

fn read(task: &Path, name: &str) -> String {
    attribute(task, name).unwrap_or_default()
}

/// Every thread of every process.
fn tasks() -> impl Iterator<Item = std::path::PathBuf> {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let threads = processes.filter_map(|process| fs::read_dir(process.path().join("task")).ok());
    threads.flatten().flatten().map(|thread| thread.path())
}
