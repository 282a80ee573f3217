// SPDX-License-Identifier: GPL-2.0-only
//! Who holds a transition up, and why.

use std::fmt;
use std::fs;

use serde::Serialize;

use super::tasks::State;
use super::{Core, Machine, Patch, Task};

/// How many tasks a message lists.
const SHOWN: usize = 10;

/// What holds a transition up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Blocking {
    /// The tasks.
    pub tasks: Vec<Blocker>,
    /// How many more tasks there are whose state this user may not see.
    pub hidden: usize,
}

/// A task that holds a transition up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Blocker {
    /// Its name.
    pub comm: String,
    /// Its number: of the thread, not of its process.
    pub pid: u32,
    /// Why, in words that follow its name.
    pub reason: String,
}

impl Machine {
    /// Who holds the transition of `patch` up. klp's core says it; for the kernel's own it is seen
    /// from the tasks.
    pub fn blocking(&self, patch: &Patch) -> Blocking {
        match patch.core {
            Core::Klp => self.told(),
            Core::Builtin => self.seen(patch),
        }
    }

    fn told(&self) -> Blocking {
        let file = self.patches_of(Core::Klp).join("blocking");
        let text = fs::read_to_string(file).unwrap_or_default();
        Blocking {
            tasks: text.lines().filter_map(Blocker::parse).collect(),
            hidden: 0,
        }
    }

    fn seen(&self, patch: &Patch) -> Blocking {
        let functions = patch.functions();
        let mut blocking = Blocking::default();
        for task in self.tasks() {
            match task.state(patch) {
                State::Behind => blocking.tasks.push(Blocker::see(&task, &functions)),
                State::Hidden => blocking.hidden += 1,
                State::Switched => {}
            }
        }
        blocking
    }
}

impl Blocker {
    /// A line of klp's core, `COMM:PID REASON`. A name may have any characters.
    fn parse(line: &str) -> Option<Self> {
        line.rmatch_indices(':').find_map(|(colon, _)| {
            let (pid, reason) = line[colon + 1..].split_once(' ')?;
            Some(Self {
                comm: line[..colon].to_owned(),
                pid: pid.parse().ok()?,
                reason: reason.to_owned(),
            })
        })
    }

    /// A task of which the kernel says no more than that it has not switched.
    fn see(task: &Task, functions: &[String]) -> Self {
        let stack = task.stack();
        Self {
            comm: task.comm(),
            pid: task.id(),
            reason: match &stack {
                Ok(stack) => reason(stack, functions),
                Err(_) => "has not switched; only root may see what it is in".to_owned(),
            },
        }
    }
}

/// Why a task with this stack has not switched, in the words of klp's core where they fit.
fn reason(stack: &str, functions: &[String]) -> String {
    let mut frames = stack.lines().filter_map(function);
    let top = frames.clone().next();
    let patched = frames.find(|frame| functions.iter().any(|function| function == frame));
    match (patched, top) {
        (Some(function), _) => format!("is sleeping on function {function}"),
        (None, Some(top)) => format!("has not switched; it is in {top}"),
        (None, None) => "has not switched; it is running".to_owned(),
    }
}

/// The function in a line of a stack, `[<0>] msleep+0x29/0x30 [module]`. One of a patch's is there by
/// the compiler's name for it, and given by the author's.
fn function(frame: &str) -> Option<String> {
    let (_, place) = frame.split_once("] ")?;
    let name = place.trim_start_matches("? ").split(['+', ' ']).next()?;
    let path = format!("{:#}", rustc_demangle::demangle(name));
    let name = path.rsplit("::").next().unwrap_or(&path);
    (!name.is_empty()).then(|| name.to_owned())
}

impl fmt::Display for Blocking {
    /// A line for each task, none if nothing is known.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for task in self.tasks.iter().take(SHOWN) {
            write!(f, "\n  {}:{} {}", task.comm, task.pid, task.reason)?;
        }
        if let more @ 1.. = self.tasks.len().saturating_sub(SHOWN) {
            write!(f, "\n  and {more} more")?;
        }
        if self.hidden > 0 {
            write!(f, "\n  {} tasks cannot be seen: ask as root", self.hidden)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::fake::Fake;

    fn blocker(comm: &str, pid: u32, reason: &str) -> Blocker {
        let (comm, reason) = (comm.to_owned(), reason.to_owned());
        Blocker { comm, pid, reason }
    }

    #[test]
    fn klps_core_says_who_and_why() {
        let fake = Fake::new();
        fake.patch("klp/fix", "1 1 0 1");
        let lines = "cat:12 is sleeping on function f\na b:7 c:13 is running\ncut o";
        fake.file("sys/kernel/klp/blocking", lines);
        let patch = fake.machine.patch("fix").unwrap();
        let expected = [
            blocker("cat", 12, "is sleeping on function f"),
            blocker("a b:7 c", 13, "is running"),
        ];
        assert_eq!(fake.machine.blocking(&patch).tasks, expected);
    }

    #[test]
    fn the_kernels_core_lets_it_be_seen() {
        let fake = Fake::new();
        fake.patch("livepatch/fix", "0 1");
        fake.folder("sys/kernel/livepatch/fix/a_driver/do_it,1");
        let stack =
            "[<0>] msleep+0x29/0x30\n[<0>] do_it+0xf/0x30 [fix]\n[<0>] do_syscall_64+0x5/0x80\n";
        fake.task("10/10", "switched", "0", stack);
        fake.task("10/11", "sleeper", "1", stack);
        fake.task("12/12", "other", "1", "[<0>] pipe_read+0x1/0x2\n");
        fake.task("13/13", "busy", "1", "");
        fake.task("14/14", "outside", "-1", "");
        let patch = fake.machine.patch("fix").unwrap();
        let mut blocking = fake.machine.blocking(&patch);
        blocking.tasks.sort_by_key(|task| task.pid);
        let expected = [
            blocker("sleeper", 11, "is sleeping on function do_it"),
            blocker("other", 12, "has not switched; it is in pipe_read"),
            blocker("busy", 13, "has not switched; it is running"),
        ];
        assert_eq!(blocking.tasks, expected);
        assert_eq!(fake.machine.behind(&patch).count(), 3);
    }

    #[test]
    fn long_lists_are_cut() {
        let tasks = (0..12).map(|pid| blocker("t", pid, "is running"));
        let tasks = tasks.collect();
        let text = Blocking { tasks, hidden: 3 }.to_string();
        assert_eq!(text.lines().count(), 13);
        assert!(
            text.ends_with("\n  and 2 more\n  3 tasks cannot be seen: ask as root"),
            "{text}"
        );
        assert_eq!(Blocking::default().to_string(), "");
    }
}
