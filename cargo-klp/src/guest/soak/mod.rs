// SPDX-License-Identifier: GPL-2.0-only
//! Patches of klp's core loaded, stacked, replaced, turned round, disabled and unloaded, many times
//! and under load, while others watch what the patched functions answer.
//!
//! | file | does |
//! |---|---|
//! | [`rounds`] | what is done to the patches |
//! | [`checker`], [`versions`] | reads the patched files: which answers there may be, and which there are |
//! | [`load`] | tasks that fork, are signalled, do I/O and compute |
//! | [`coming`] | a patched module that comes and goes |
//! | [`tracer`] | ftrace's own tracer, switched on and off |
//! | [`leaks`] | what is in use before and after |

mod checker;
mod coming;
mod leaks;
mod load;
mod rounds;
mod tracer;
mod versions;

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::{self, sleep},
    time::{Duration, Instant},
};

use super::step::Print;
use leaks::InUse;
use rounds::Rounds;
use versions::Versions;

/// How many complaints are kept: one mistake shows many times.
const COMPLAINTS: usize = 10;
/// How often the progress is told, at most.
const PROGRESS: Duration = Duration::from_secs(20);

/// What all threads share.
#[derive(Default)]
struct Soak {
    /// Whether the load is to end.
    stop: AtomicBool,
    versions: Versions,
    tally: Tally,
    complaints: Mutex<Vec<String>>,
}

/// What was counted.
#[derive(Default)]
struct Tally {
    cycles: AtomicU64,
    answers: AtomicU64,
    mixed: AtomicU64,
    wrong: AtomicU64,
    modules: AtomicU64,
    tracers: AtomicU64,
    refused: AtomicU64,
    forks: AtomicU64,
    signals: AtomicU64,
}

impl Soak {
    /// Does `work` again and again until the load is to end.
    fn until_stopped(&self, pause: Duration, mut work: impl FnMut()) {
        while !self.stop.load(Ordering::Relaxed) {
            work();
            sleep(pause);
        }
    }

    fn complain(&self, what: String) {
        let mut complaints = self.complaints();
        if complaints.len() < COMPLAINTS {
            complaints.push(what);
        }
    }

    fn complaints(&self) -> std::sync::MutexGuard<'_, Vec<String>> {
        self.complaints
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Goes on until `cycles` patches have been loaded and unloaded, and prints what there was to see.
pub fn run(cycles: u64, print: Print<'_>) -> Result<(), String> {
    let soak = Soak::default();
    // The first round makes what then stays: caches, and lists that have grown.
    under_load(&soak, 1, print)?;
    let before = InUse::now()?;
    under_load(&soak, cycles, print)?;
    let after = InUse::now()?;
    table(&soak, &before, &after, print);
    after.check_against(&before, cycles)?;
    let complaints = soak.complaints();
    if complaints.is_empty() {
        return Ok(());
    }
    Err(complaints.join("\n"))
}

/// So many cycles, or a few more, with everything else going on.
fn under_load(soak: &Soak, cycles: u64, print: Print<'_>) -> Result<(), String> {
    soak.stop.store(false, Ordering::Relaxed);
    let end = soak.tally.cycles.load(Ordering::Relaxed) + cycles;
    thread::scope(|scope| {
        checker::start(scope, soak);
        load::start(scope, soak);
        scope.spawn(|| coming::run(soak));
        scope.spawn(|| tracer::run(soak));
        let result = all_rounds(soak, end, print);
        soak.stop.store(true, Ordering::Relaxed);
        result
    })
}

fn all_rounds(soak: &Soak, end: u64, print: Print<'_>) -> Result<(), String> {
    let mut told = Instant::now();
    while soak.tally.cycles.load(Ordering::Relaxed) < end {
        Rounds::new(soak, print).one()?;
        if told.elapsed() >= PROGRESS {
            told = Instant::now();
            progress(&soak.tally, print);
        }
    }
    Ok(())
}

fn progress(tally: &Tally, print: Print<'_>) {
    print(format!(
        "{} cycles, {} answers, {} mixed, {} wrong",
        tally.cycles.load(Ordering::Relaxed),
        tally.answers.load(Ordering::Relaxed),
        tally.mixed.load(Ordering::Relaxed),
        tally.wrong.load(Ordering::Relaxed)
    ));
}

fn table(soak: &Soak, before: &InUse, after: &InUse, print: Print<'_>) {
    let tally = &soak.tally;
    let counts = [
        ("patches loaded, enabled, disabled, unloaded", &tally.cycles),
        ("answers read", &tally.answers),
        ("answers mixed of two versions", &tally.mixed),
        ("answers of a version that was not active", &tally.wrong),
        ("times the patched module came and went", &tally.modules),
        ("times the function tracer was switched on", &tally.tracers),
        ("times ftrace refused to be switched off", &tally.refused),
        ("tasks forked", &tally.forks),
        ("signals sent", &tally.signals),
    ];
    for (what, count) in counts {
        print(format!("| {what} | {} |", count.load(Ordering::Relaxed)));
    }
    for (what, before, after) in before.pairs(after) {
        print(format!("| {what}, before and after | {before}, {after} |"));
    }
}
