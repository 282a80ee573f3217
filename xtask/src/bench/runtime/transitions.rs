// SPDX-License-Identifier: GPL-2.0-only
//! How long transitions take, by the time stamps of the kernel's log.

use anyhow::{Context, Result};
use cargo_klp::cores::Core;
use cargo_klp::vm::{Run, Scenario};

use super::{Bench, insmod, loaded, median, run_all, unload};

/// Processors of the machine. Not more than hosts have: what spins on one would keep others from
/// running at all.
const CPUS: u32 = 2;
/// Tasks that sleep all the while.
const SLEEPERS: u32 = 100;
/// Tasks that sleep in the patched function.
const INSIDE: u32 = 13;

/// What else goes on during a transition.
pub struct Situation {
    /// What it is called.
    pub name: &'static str,
    /// How often each core has it: the kernel's own can take long.
    rounds: [u32; 2],
    begin: fn(Scenario) -> Scenario,
    end: fn(Scenario) -> Scenario,
}

/// All that are measured.
pub const SITUATIONS: [Situation; 4] = [
    Situation {
        name: "idle",
        rounds: [7, 7],
        begin: |scenario| scenario,
        end: |scenario| scenario,
    },
    Situation {
        name: "pinned spinners on all CPUs but one",
        rounds: [5, 5],
        begin: |scenario| {
            let spin = |mask| format!("start taskset {mask} awk 'BEGIN {{ for (;;) ; }}'");
            let scenario = (1..CPUS).fold(scenario, |scenario, cpu| {
                scenario.quiet(spin(format!("{:x}", 1 << cpu)))
            });
            scenario.quiet("sleep 0.5")
        },
        end: |scenario| scenario.quiet("killall awk"),
    },
    Situation {
        name: "13 tasks asleep in the function",
        rounds: [1, 5],
        begin: |scenario| {
            let scenario = (0..INSIDE).fold(scenario, |scenario, _| {
                scenario.quiet("start cat /proc/klp_bench_sleep")
            });
            scenario.quiet("sleep 0.5")
        },
        end: |scenario| scenario,
    },
    Situation {
        name: "a kernel thread in and out of it",
        rounds: [5, 5],
        begin: |scenario| scenario.quiet("echo 1 > /proc/klp_bench_thread"),
        end: |scenario| scenario.quiet("echo 0 > /proc/klp_bench_thread"),
    },
];

/// Seconds.
#[derive(Clone, Copy)]
pub struct Times {
    /// From the start of the transition to its end.
    pub transition: f64,
    /// From the call of insmod to the end of the transition.
    pub effect: f64,
}

/// The medians of each situation, for both cores.
pub fn measure(bench: &Bench<'_>) -> Result<Vec<[Times; 2]>> {
    let sleepers = (0..SLEEPERS).fold(loaded(), |scenario, _| scenario.quiet("start sleep 3600"));
    let scenario = SITUATIONS.iter().fold(sleepers, situation);
    let run = run_all(&bench.machine(CPUS, scenario)?)?;
    SITUATIONS
        .iter()
        .map(|situation| {
            let times = |core| Times::of(&run, situation, core);
            Ok([times(Core::Builtin)?, times(Core::Klp)?])
        })
        .collect()
}

fn situation(mut scenario: Scenario, situation: &Situation) -> Scenario {
    for (core, rounds) in Core::ALL.into_iter().zip(situation.rounds) {
        for _ in 0..rounds {
            scenario = (situation.begin)(scenario)
                .step(marker(situation, core))
                .step(insmod(core, "bench_calls", ""))
                .quiet("settle");
            scenario = unload(core, scenario, "bench_calls");
            scenario = (situation.end)(scenario).quiet("sleep 0.5");
        }
    }
    scenario
}

/// A command that does nothing, to know by where in the log one is.
fn marker(situation: &Situation, core: Core) -> String {
    format!(": {}, {}", situation.name, core.name())
}

impl Times {
    /// The medians.
    fn of(run: &Run, situation: &Situation, core: Core) -> Result<Self> {
        let marker = format!("% {}", marker(situation, core));
        let starts = run.lines.iter().enumerate();
        let starts = starts.filter(|(_, line)| line.text.ends_with(&marker));
        let all = starts
            .map(|(at, _)| Self::after(run, at))
            .collect::<Result<Vec<_>>>()?;
        Ok(Self {
            transition: median(all.iter().map(|times| times.transition).collect())?,
            effect: median(all.iter().map(|times| times.effect).collect())?,
        })
    }

    /// Those of the transition that starts after this line.
    fn after(run: &Run, at: usize) -> Result<Self> {
        let time = |what: &str| {
            let mut lines = run.lines.iter().skip(at);
            let line = lines.find(|line| line.text.contains(what));
            let time = line.and_then(|line| line.time);
            time.with_context(|| format!("the log has no `{what}`"))
        };
        let end = time("patching complete")?;
        Ok(Self {
            transition: end - time("starting patching")?,
            effect: end - time("% insmod")?,
        })
    }
}
