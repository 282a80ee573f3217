// SPDX-License-Identifier: GPL-2.0-only
//! `cargo klp …`: the command line.

pub mod build;
pub mod check;
mod core;
pub mod diff;
pub mod explain;
pub mod inspect;
pub mod kernel;
mod live;
pub mod load;
pub mod new;
mod patience;
mod root;
pub mod sign;
pub mod status;
pub mod unload;
pub mod verify;
pub mod wait;

use clap::{Parser, Subcommand};

use crate::error::Result;

/// Live patches for the Linux kernel, written in Rust.
#[derive(Debug, Parser)]
#[command(name = "cargo klp", bin_name = "cargo klp", version, about)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// The kernels that patches are built for.
    #[command(subcommand)]
    Kernel(kernel::Command),
    /// Build the patch in this folder for several kernels, one `.ko` each.
    Build(build::Command),
    /// Show which kernels can take a patch, without building it for each.
    Check(check::Command),
    /// Start a new patch crate.
    New(new::Command),
    /// Show what a patch does, from its file alone.
    Inspect(inspect::Command),
    /// Show what one patch changes after another; fails where it must not follow it.
    Diff(diff::Command),
    /// Sign a patch, for kernels that load signed modules only.
    Sign(sign::Command),
    /// Look whether this machine takes a patch, without loading it; fails where it does not.
    Verify(verify::Command),
    /// Load a patch into this machine's kernel, and wait until all tasks run it.
    Load(load::Command),
    /// Disable a patch, wait until no task runs it, and unload its module.
    Unload(unload::Command),
    /// Show the patches of this machine, and which tasks hold a transition up.
    Status(status::Command),
    /// Wait until no transition is under way; fails, and says who holds it up, when the time is up.
    Wait(wait::Command),
    /// Explain the code of a message, such as KLP117.
    Explain(explain::Command),
}

impl Cli {
    /// Does what the command line says.
    ///
    /// # Errors
    ///
    /// As the command.
    pub fn run(self) -> Result {
        match self.command {
            Command::Kernel(command) => command.run(),
            Command::Build(command) => command.run(),
            Command::Check(command) => command.run(),
            Command::New(command) => command.run(),
            Command::Inspect(command) => command.run(),
            Command::Diff(command) => command.run(),
            Command::Sign(command) => command.run(),
            Command::Verify(command) => command.run(),
            Command::Load(command) => command.run(),
            Command::Unload(command) => command.run(),
            Command::Status(command) => command.run(),
            Command::Wait(command) => command.run(),
            Command::Explain(command) => command.run(),
        }
    }
}
