// SPDX-License-Identifier: GPL-2.0-only
//! The `cargo klp` command.

use std::process::ExitCode;

use cargo_klp::commands::Cli;
use clap::Parser;

fn main() -> ExitCode {
    cargo_klp::end_on_closed_pipe();
    // cargo passes the subcommand's own name as the first argument.
    let arguments = std::env::args_os().enumerate();
    let arguments = arguments.filter(|(index, argument)| *index != 1 || argument != "klp");
    match Cli::parse_from(arguments.map(|(_, argument)| argument)).run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}", error.report());
            ExitCode::FAILURE
        }
    }
}
