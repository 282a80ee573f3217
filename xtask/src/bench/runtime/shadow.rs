// SPDX-License-Identifier: GPL-2.0-only
//! What shadow variables cost, in instructions, and in time: instructions do not show how long memory
//! takes.

use anyhow::{Context, Result};
use cargo_klp::cores::Core;
use cargo_klp::vm::Scenario;

use super::{Bench, insmod, loaded, median, run_all, unload};

/// How many variables there are.
pub const SIZES: [u32; 4] = [1_000, 10_000, 100_000, 1_000_000];
/// How many there are when time is measured: few, and more than caches hold.
pub const TIMED: [u32; 2] = [1_000, 1_000_000];
/// How often each is measured.
const ROUNDS: usize = 5;

/// Instructions, or ticks of the processor's clock.
#[derive(Clone, Copy, Debug)]
pub struct Costs {
    /// Of looking one up.
    pub get: f64,
    /// Of attaching one.
    pub alloc: f64,
    /// Of freeing them all.
    pub free_all: f64,
}

/// The medians of each size, for both cores. The cores take turns.
pub fn measure(bench: &Bench<'_>, sizes: &[u32], count: bool) -> Result<Vec<[Costs; 2]>> {
    let scenario = sizes.iter().fold(loaded(), |scenario, size| {
        (0..ROUNDS).fold(scenario, |scenario, _| round(scenario, *size))
    });
    let mut vm = bench.machine(1, scenario)?;
    vm.count_instructions = count;
    let run = run_all(&vm)?;
    let lines: Vec<_> = run.lines.iter().map(|line| line.text.as_str()).collect();
    let found = lines
        .iter()
        .filter_map(|line| costs(line))
        .collect::<Vec<_>>();
    anyhow::ensure!(found.len() == sizes.len() * ROUNDS * 2, "costs are missing");
    let rounds = found.chunks_exact(ROUNDS * 2);
    rounds
        .map(|rounds| Ok([medians(rounds, 0)?, medians(rounds, 1)?]))
        .collect()
}

fn round(scenario: Scenario, size: u32) -> Scenario {
    Core::ALL.into_iter().fold(scenario, |scenario, core| {
        let scenario = scenario
            .quiet(insmod(core, "bench_shadow", &format!("count={size}")))
            .quiet("settle");
        unload(core, scenario, "bench_shadow")
    })
}

/// `bench_shadow: shadow COUNT: get N alloc N free_all N`
fn costs(line: &str) -> Option<Costs> {
    let words: Vec<_> = line
        .strip_prefix("bench_shadow: shadow ")?
        .split(' ')
        .collect();
    let number = |name: &str| {
        let at = words.iter().position(|word| *word == name)?;
        words.get(at + 1)?.parse().ok()
    };
    Some(Costs {
        get: number("get")?,
        alloc: number("alloc")?,
        free_all: number("free_all")?,
    })
}

/// Those of one core among rounds in which both took turns.
fn medians(rounds: &[Costs], core: usize) -> Result<Costs> {
    let of = |cost: fn(&Costs) -> f64| {
        let costs = rounds.iter().skip(core).step_by(2);
        median(costs.map(cost).collect()).context("no costs")
    };
    Ok(Costs {
        get: of(|costs| costs.get)?,
        alloc: of(|costs| costs.alloc)?,
        free_all: of(|costs| costs.free_all)?,
    })
}
