// SPDX-License-Identifier: GPL-2.0-only
//! `cargo xtask simulate --exhaustive`: all runs of some small cases in a simulated kernel.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use indicatif::ProgressBar;
use klp_sim::{Explored, Failure, SCRIPTS, Script, explore};

use crate::parallel::on_all_cpus;

/// How a case went, and how long it took.
type Outcome = (Result<Explored, Failure>, Duration);

/// Goes through all cases, and fails at the first in which something does not hold.
pub fn run() -> Result<()> {
    let bar = ProgressBar::new(SCRIPTS.len() as u64);
    bar.enable_steady_tick(Duration::from_millis(100));
    let next = AtomicUsize::new(0);
    let outcomes = on_all_cpus(|| some(&next, &bar));
    let mut outcomes: Vec<_> = outcomes.into_iter().flatten().collect();
    bar.finish_and_clear();
    outcomes.sort_by_key(|(at, _)| *at);
    println!("| case | CPUs, tasks | points | states | steps | kernels | runs | s |");
    println!("|---|---|---|---|---|---|---|---|");
    let (mut states, mut steps) = (0, 0);
    for (at, (explored, took)) in outcomes {
        match explored {
            Ok(explored) => {
                states += explored.states;
                steps += explored.acts;
                print(&SCRIPTS[at], &explored, took);
            }
            Err(failure) => return fail(&SCRIPTS[at], &failure),
        }
    }
    println!("{states} states, {steps} steps: all that must hold did");
    Ok(())
}

/// Takes cases until there are no more, or one goes wrong, here or in another thread.
fn some(next: &AtomicUsize, bar: &ProgressBar) -> Vec<(usize, Outcome)> {
    let case = || Some(next.fetch_add(1, Ordering::Relaxed)).filter(|at| *at < SCRIPTS.len());
    let outcomes = std::iter::from_fn(case).map(|at| {
        let start = Instant::now();
        let explored = explore(&SCRIPTS[at]);
        if explored.is_err() {
            next.store(SCRIPTS.len(), Ordering::Relaxed);
        }
        bar.inc(1);
        (at, (explored, start.elapsed()))
    });
    outcomes.collect()
}

fn print(script: &Script, explored: &Explored, took: Duration) {
    let Explored {
        points,
        states,
        acts,
        kernels,
        runs,
    } = explored;
    let parts = script.parts.iter();
    let (cpus, tasks) = parts.fold((0, 0), |(cpus, tasks), part| {
        (cpus + part.cpus, tasks + part.users + part.kthreads)
    });
    println!(
        "| {} | {cpus}, {tasks} | {points} | {states} | {acts} | {kernels:.1e} | {runs} | {:.1} |",
        script.name,
        took.as_secs_f64()
    );
}

fn fail(script: &Script, failure: &Failure) -> Result<()> {
    for line in &failure.log {
        println!("{line}");
    }
    bail!(
        "{}: {}\nhelp: the log is that of the CPUs where it did not hold",
        script.name,
        failure.violation
    );
}
