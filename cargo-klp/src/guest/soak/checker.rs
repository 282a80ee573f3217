// SPDX-License-Identifier: GPL-2.0-only
//! Reads the patched files all the time: each answer must be of one version, and of one that is
//! active.

use std::{
    fs::File,
    io::{self, Read},
    sync::atomic::Ordering,
    thread::Scope,
    time::Duration,
};

use super::{
    Soak,
    versions::{self, ORIGINAL, Set},
};

/// A function of the kernel, and two of a module that one read calls, with a sleep between them.
const FILES: [&str; 2] = ["/proc/cmdline", "/proc/klp_soak"];
/// How many tasks read each file.
const TASKS: usize = 2;
const PAUSE: Duration = Duration::from_millis(4);

/// What was read.
#[derive(Debug, PartialEq, Eq)]
enum Answer {
    Of(Set),
    Mixed,
    Unknown,
}

/// Starts the tasks that read.
pub fn start<'scope>(scope: &'scope Scope<'scope, '_>, soak: &'scope Soak) {
    for file in FILES {
        for _ in 0..TASKS {
            scope.spawn(move || soak.until_stopped(PAUSE, || check(soak, file)));
        }
    }
}

fn check(soak: &Soak, file: &str) {
    let before = soak.versions.moment();
    // The module may be away.
    let Ok(text) = read(file) else { return };
    let active = soak.versions.since(before);
    soak.tally.answers.fetch_add(1, Ordering::Relaxed);
    let count = match answer(&text) {
        Answer::Of(version) if version & active != 0 => return,
        Answer::Mixed => &soak.tally.mixed,
        Answer::Of(_) | Answer::Unknown => &soak.tally.wrong,
    };
    count.fetch_add(1, Ordering::Relaxed);
    soak.complain(format!("{file} says {text:?} while {active:#b} are active"));
}

/// One read: one call of the patched functions.
fn read(file: &str) -> io::Result<String> {
    let mut bytes = [0; 2048];
    let read = File::open(file)?.read(&mut bytes)?;
    Ok(String::from_utf8_lossy(bytes.get(..read).unwrap_or_default()).into_owned())
}

/// Which version a file's text is of. The kernel's own `/proc/cmdline` names none.
fn answer(text: &str) -> Answer {
    if text.contains("rdinit=") {
        return Answer::Of(ORIGINAL);
    }
    let versions: Option<Vec<Set>> = text.split_whitespace().map(versions::named).collect();
    match versions.as_deref() {
        Some([first, rest @ ..]) if rest.iter().all(|version| version == first) => {
            Answer::Of(*first)
        }
        Some([_, ..]) => Answer::Mixed,
        _ => Answer::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_told_apart() {
        assert_eq!(answer("console=ttyS0 rdinit=/init\n"), Answer::Of(ORIGINAL));
        assert_eq!(answer("original original\n"), Answer::Of(ORIGINAL));
        assert_eq!(answer("second\n"), Answer::Of(4));
        assert_eq!(answer("first second\n"), Answer::Mixed);
        assert_eq!(answer("first what\n"), Answer::Unknown);
        assert_eq!(answer(""), Answer::Unknown);
    }
}
