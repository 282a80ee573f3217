// SPDX-License-Identifier: GPL-2.0-only
//! `cargo xtask simulate --exhaustive`: all runs of some small cases in a simulated kernel.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use indicatif::ProgressBar;
use klp_sim::{Explored, Failure, SCRIPTS, Script, explore};

/// How a case went, and how long it took.
type Outcome = (Result<Explored, Failure>, Duration);

/// Goes through all cases, and fails at the first in which something does not hold.
pub fn run() -> Result<()> {
    let bar = ProgressBar::new(SCRIPTS.len() as u64);
    bar.enable_steady_tick(Duration::from_millis(100));
    let mut outcomes = on_all_cpus(&bar);
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

/// Shares the cases among as many threads as there are CPUs.
fn on_all_cpus(bar: &ProgressBar) -> Vec<(usize, Outcome)> {
    let next = AtomicUsize::new(0);
    let work = || {
        let cases = std::iter::from_fn(|| Some(next.fetch_add(1, Ordering::Relaxed)));
        let cases = cases.take_while(|at| *at < SCRIPTS.len());
        let outcomes = cases.map(|at| {
            let start = Instant::now();
            let explored = explore(&SCRIPTS[at]);
            if explored.is_err() {
                // The others need not be gone through.
                next.store(SCRIPTS.len(), Ordering::Relaxed);
            }
            bar.inc(1);
            (at, (explored, start.elapsed()))
        });
        outcomes.collect::<Vec<_>>()
    };
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let outcomes = workers.into_iter().map(|worker| match worker.join() {
            Ok(outcomes) => outcomes,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        outcomes.flatten().collect()
    })
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
