// SPDX-License-Identifier: GPL-2.0-only
//! How long loading a patch takes that refers to fifty variables which the kernel does not export.

use anyhow::{Context, Result};
use cargo_klp::cores::Core;

use super::{Bench, insmod, loaded, median, run_all, unload};

/// How often each core loads it.
const ROUNDS: usize = 3;

/// Seconds of insmod, for both cores: medians. The cores take turns. An instruction is a nanosecond.
pub fn measure(bench: &Bench<'_>) -> Result<[f64; 2]> {
    let scenario = (0..ROUNDS).fold(loaded(), |scenario, _| {
        Core::ALL.into_iter().fold(scenario, |scenario, core| {
            let scenario = scenario
                .step(insmod(core, "bench_symbols", ""))
                .quiet("settle");
            unload(core, scenario, "bench_symbols").quiet("sleep 0.5")
        })
    });
    let mut vm = bench.machine(1, scenario)?;
    vm.count_instructions = true;
    let run = run_all(&vm)?;
    let time_of = |core: Core| {
        let insmod = format!("% {}", insmod(core, "bench_symbols", ""));
        let starts = run.lines.iter().enumerate();
        let starts = starts.filter(|(_, line)| line.text.ends_with(&insmod));
        let times = starts.map(|(at, line)| {
            let mut rest = run.lines.iter().skip(at);
            let end = rest.find(|line| line.text.ends_with("= 0"));
            let end = end.and_then(|end| end.time).context("insmod has no end")?;
            Ok(end - line.time.context("a line without a time")?)
        });
        median(times.collect::<Result<_>>()?)
    };
    Ok([time_of(Core::Builtin)?, time_of(Core::Klp)?])
}
