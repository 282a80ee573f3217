// SPDX-License-Identifier: GPL-2.0-only
//! `cargo klp …`: the command line.

pub mod build;
pub mod kernel;
pub mod new;

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
    /// Start a new patch crate.
    New(new::Command),
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
            Command::New(command) => command.run(),
        }
    }
}
