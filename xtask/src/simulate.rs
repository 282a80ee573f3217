// SPDX-License-Identifier: GPL-2.0-only
//! `cargo xtask simulate`: the engine in a simulated kernel, by chance.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use indicatif::ProgressBar;
use klp_sim::{Failure, Figures, shrink};

use crate::exhaustive;
use crate::parallel::on_all_cpus;

/// Which runs.
#[derive(clap::Args)]
pub struct Runs {
    /// How many runs, each from a seed of its own.
    #[arg(long, default_value_t = 100_000)]
    seeds: u64,
    /// The first seed.
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// Only the run from this seed.
    #[arg(long, conflicts_with_all = ["seeds", "from"])]
    seed: Option<u64>,
    /// All runs of some small cases, in place of some by chance.
    #[arg(long, conflicts_with_all = ["seeds", "from", "seed"])]
    exhaustive: bool,
}

/// Runs them all, and fails at the first in which something does not hold.
pub fn run(runs: &Runs) -> Result<()> {
    if runs.exhaustive {
        return exhaustive::run();
    }
    let seeds = match runs.seed {
        Some(seed) => seed..seed.saturating_add(1),
        None => runs.from..runs.from.saturating_add(runs.seeds),
    };
    let start = Instant::now();
    let bar = ProgressBar::new(seeds.end - seeds.start);
    bar.enable_steady_tick(Duration::from_millis(100));
    let next = AtomicU64::new(seeds.start);
    let outcomes = on_all_cpus(|| some(&seeds, &next, &bar));
    let outcome: Result<Figures, _> = outcomes.into_iter().sum();
    bar.finish_and_clear();
    match outcome {
        Ok(figures) => {
            sum_up(&seeds, figures, start.elapsed());
            Ok(())
        }
        Err((seed, failure)) => fail(seed, failure),
    }
}

/// Takes seeds until there are no more, or a run goes wrong, here or in another thread.
fn some(
    seeds: &Range<u64>,
    next: &AtomicU64,
    bar: &ProgressBar,
) -> Result<Figures, (u64, Failure)> {
    let seed = || Some(next.fetch_add(1, Ordering::Relaxed)).filter(|seed| seeds.contains(seed));
    std::iter::from_fn(seed)
        .map(|seed| {
            bar.inc(1);
            klp_sim::simulate(seed).map_err(|failure| {
                next.store(seeds.end, Ordering::Relaxed);
                (seed, failure)
            })
        })
        .sum()
}

fn sum_up(seeds: &Range<u64>, figures: Figures, took: Duration) {
    let Figures {
        acts,
        operations,
        refused,
        transitions,
        reversals,
        forced,
    } = figures;
    let (runs, seconds) = (seeds.end - seeds.start, took.as_secs_f64());
    println!("{runs} runs in {seconds:.1} s: all that must hold did");
    println!("{acts} steps of tasks, {operations} operations of which {refused} were refused");
    println!("{transitions} transitions, {reversals} turned round, {forced} forced");
}

fn fail(seed: u64, failure: Failure) -> Result<()> {
    eprintln!(
        "seed {seed}: {}; looking for a shorter way there",
        failure.violation
    );
    let short = shrink(failure);
    for line in &short.log {
        println!("{line}");
    }
    bail!(
        "{}\nhelp: `cargo xtask simulate --seed {seed}` shows it again",
        short.violation
    );
}
