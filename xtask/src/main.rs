// SPDX-License-Identifier: GPL-2.0-only
//! `cargo xtask …`: demo, test and bench for this repository.

mod bench;
mod debug;
mod demo;
mod exhaustive;
mod fuzz;
mod guest;
mod mutate;
mod packages;
mod parallel;
mod repo;
mod series;
mod simulate;
mod soak;
mod targets;
mod test;

use std::process::ExitCode;

use clap::Parser;
use series::Series;

/// Work on klp itself.
#[derive(Parser)]
enum Task {
    /// Patch a real kernel in a virtual machine; everything needed is built or named first.
    Demo(On),
    /// Run all tests, those on real kernels included.
    Test(On),
    /// Measure klp against what there is without it.
    #[command(subcommand)]
    Bench(bench::Bench),
    /// Test klp's core on a kernel, built here, that checks its locks and its memory.
    Debug,
    /// Give klp's readers damaged files, with cargo-fuzz.
    Fuzz(fuzz::Choice),
    /// Make the source wrong in many ways, one at a time, and see whether a test fails.
    Mutate(mutate::Choice),
    /// Load and unload patches of klp's core many times, under load, in a virtual machine.
    Soak(soak::Length),
    /// Run the engine in a simulated kernel, many times and each time differently.
    Simulate(simulate::Runs),
}

/// What all tasks are told.
#[derive(clap::Args)]
struct On {
    /// The kernel to work with: 6.1, 6.12, 7.2 or 7.3.
    #[arg(long, default_value = "6.1", value_parser = Series::named)]
    kernel: &'static Series,
}

fn main() -> ExitCode {
    cargo_klp::end_on_closed_pipe();
    match run(Task::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> anyhow::Result<()> {
    let repo = repo::Repo::here()?;
    match task {
        Task::Demo(on) => demo::run(&repo, on.kernel),
        Task::Test(on) => test::run(&repo, on.kernel),
        Task::Debug => debug::run(),
        Task::Bench(bench) => bench::run(&repo, &bench),
        Task::Fuzz(choice) => fuzz::run(&repo, &choice),
        Task::Mutate(choice) => mutate::run(&repo, &choice),
        Task::Soak(length) => soak::run(&repo, &length),
        Task::Simulate(runs) => simulate::run(&runs),
    }
}
