// SPDX-License-Identifier: GPL-2.0-only
//! Which tasks hold a transition up, and what they are doing.

use super::step::Print;
use crate::machine::{Machine, Patch, Task};

/// How many tasks to show, and how much of each one's stack.
const TASKS: usize = 10;
const FRAMES: usize = 6;

/// Prints the tasks that have not switched to what `patch` is moving to.
pub fn print(machine: &Machine, patch: &Patch, print: Print<'_>) {
    let mut blocking = 0;
    for task in machine.behind(patch) {
        blocking += 1;
        if blocking <= TASKS {
            show(&task, print);
        }
    }
    print(format!("tasks that have not switched: {blocking}"));
}

fn show(task: &Task, print: Print<'_>) {
    let (id, comm) = (task.id(), task.comm());
    print(format!("task {id} ({comm}) has not switched; it is in:"));
    let stack = task.stack().unwrap_or_default();
    for frame in stack.lines().take(FRAMES) {
        print(format!("    {frame}"));
    }
}
