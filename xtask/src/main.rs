// SPDX-License-Identifier: GPL-2.0-only
//! `cargo xtask …`: demo, test and bench for this repository.

mod bench;
mod demo;
mod guest;
mod mutate;
mod packages;
mod repo;
mod series;
mod targets;
mod test;

use std::process::ExitCode;

use clap::Parser;

/// Work on klp itself.
#[derive(Parser)]
enum Task {
    /// Patch a real kernel in a virtual machine; everything needed is built or named first.
    Demo,
    /// Run all tests, those on real kernels included.
    Test {
        /// The kernel to test on: 6.1, 6.12, 7.2 or 7.3.
        #[arg(long, default_value = "6.1")]
        kernel: String,
    },
    /// Measure klp's build against the same patch in C, built by Kbuild.
    Bench,
    /// Make the source wrong in many ways, one at a time, and see whether a test fails.
    Mutate(mutate::Choice),
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
        Task::Demo => demo::run(&repo),
        Task::Test { kernel } => test::run(&repo, &kernel),
        Task::Bench => bench::run(&repo),
        Task::Mutate(choice) => mutate::run(&repo, &choice),
    }
}
