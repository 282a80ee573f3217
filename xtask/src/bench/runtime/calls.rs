// SPDX-License-Identifier: GPL-2.0-only
//! What a call of a patched function costs, in instructions of the guest.

use anyhow::{Context, Result};
use cargo_klp::cores::Core;

use super::{Bench, insmod, loaded, run_all, unload};

/// Prints the cost of 1 000 calls of a function.
const COST: &str = "cat /proc/klp_bench_call";
/// Holds a transition up for three seconds.
const HOLD: &str = "start cat /proc/klp_bench_hold";

/// Instructions of a call: the loop around it, the function, and what is between.
pub struct Calls {
    /// Of the function as it is.
    pub unpatched: f64,
    /// For both cores: in a transition, and when it is over.
    pub patched: [[f64; 2]; 2],
}

/// Measures, on one processor whose time is counted in instructions.
pub fn measure(bench: &Bench<'_>) -> Result<Calls> {
    let mut scenario = loaded().step(COST);
    for core in Core::ALL {
        scenario = scenario
            .quiet(HOLD)
            .quiet("sleep 0.2")
            .quiet(insmod(core, "bench_calls", ""))
            .step(COST)
            .quiet("settle")
            // Until calls go the direct way.
            .quiet("sleep 2")
            .step(COST);
        scenario = unload(core, scenario, "bench_calls");
    }
    let mut vm = bench.machine(1, scenario)?;
    vm.count_instructions = true;
    let run = run_all(&vm)?;
    let costs = run.steps.iter().filter(|step| step.command == COST);
    let costs: Vec<f64> = costs
        .map(|step| {
            let output = step.output();
            let thousand: f64 = output.first().context("no cost")?.parse()?;
            Ok(thousand / 1000.0)
        })
        .collect::<Result<_>>()?;
    let [unpatched, a, b, c, d] = costs[..] else {
        anyhow::bail!("{} costs were measured", costs.len());
    };
    Ok(Calls {
        unpatched,
        patched: [[a, b], [c, d]],
    })
}
