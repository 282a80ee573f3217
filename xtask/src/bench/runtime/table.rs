// SPDX-License-Identifier: GPL-2.0-only
//! Measures all there is, and prints it.

use anyhow::Result;

use super::{Bench, calls, loading, shadow, transitions};
use crate::repo::step;

/// One of the costs of shadow variables.
type Cost = fn(&shadow::Costs) -> f64;

const GET: &str = "shadow variables: get";

/// Measures and prints, a table each.
pub fn print_all(bench: &Bench<'_>) -> Result<()> {
    step("counting the instructions of calls");
    print_calls(&calls::measure(bench)?);
    step("timing transitions");
    print_transitions(&transitions::measure(bench)?);
    step("counting the instructions of shadow variables");
    print_shadow(&shadow::measure(bench, &shadow::SIZES, true)?);
    step("timing the lookup of shadow variables");
    let times = shadow::measure(bench, &shadow::TIMED, false)?;
    print_costs(GET, "ticks", &shadow::TIMED, &times, |costs| costs.get);
    step("timing the loading of a patch with 50 relocations");
    let [builtin, klp] = loading::measure(bench)?;
    header("loading a patch with 50 relocations", "ms");
    row("insmod", builtin * 1e3, klp * 1e3);
    Ok(())
}

fn print_calls(calls: &calls::Calls) {
    let [builtin, klp] = calls.patched;
    println!(
        "\nAn unpatched call in a loop: {:.1} instructions.",
        calls.unpatched
    );
    header("extra instructions of a patched call", "count");
    let extra = |cost: f64| cost - calls.unpatched;
    for (at, name) in ["in a transition", "when it is over"]
        .into_iter()
        .enumerate()
    {
        row(name, extra(builtin[at]), extra(klp[at]));
    }
}

fn print_transitions(times: &[[transitions::Times; 2]]) {
    header("from the start of a transition to its end", "ms");
    for (situation, [builtin, klp]) in transitions::SITUATIONS.iter().zip(times) {
        row(
            situation.name,
            builtin.transition * 1e3,
            klp.transition * 1e3,
        );
    }
    header("from insmod to the end of the transition", "ms");
    for (situation, [builtin, klp]) in transitions::SITUATIONS.iter().zip(times) {
        row(situation.name, builtin.effect * 1e3, klp.effect * 1e3);
    }
}

fn print_shadow(costs: &[[shadow::Costs; 2]]) {
    let tables: [(&str, Cost); 3] = [
        (GET, |costs| costs.get),
        ("shadow variables: alloc", |costs| costs.alloc),
        ("shadow variables: free_all", |costs| costs.free_all),
    ];
    for (name, cost) in tables {
        print_costs(name, "count", &shadow::SIZES, costs, cost);
    }
}

fn print_costs(name: &str, unit: &str, sizes: &[u32], costs: &[[shadow::Costs; 2]], cost: Cost) {
    header(name, unit);
    for (size, [builtin, klp]) in sizes.iter().zip(costs) {
        row(&format!("of {size}"), cost(builtin), cost(klp));
    }
}

fn header(what: &str, unit: &str) {
    println!("\n| {what} | built-in, {unit} | klp, {unit} | built-in / klp |");
    println!("|---|---|---|---|");
}

fn row(name: &str, builtin: f64, klp: f64) {
    println!(
        "| {name} | {builtin:.1} | {klp:.1} | {:.2} |",
        builtin / klp
    );
}
