// SPDX-License-Identifier: GPL-2.0-only
//! Running the steps one after another.

use std::{sync::Arc, thread::sleep, time::Duration};

use super::{command::Command, files, modules, report::Reporter, shell, soak, transition};
use crate::vm::{Scenario, protocol::Record};

/// What a command printed, as it goes along.
pub type Print<'a> = &'a mut dyn FnMut(String);

/// Runs every step, whatever becomes of those before it.
pub fn run_all(scenario: &Scenario, reporter: &Arc<Reporter>) {
    for step in &scenario.steps {
        let (command, quiet) = (step.command.clone(), step.quiet);
        reporter.send(&Record::Start { command, quiet });
        let status = run(&Command::parse(&step.command), reporter);
        reporter.send(&Record::End(status));
    }
}

/// Runs one command and gives its exit status.
fn run(command: &Command, reporter: &Arc<Reporter>) -> i32 {
    let print: Print<'_> = &mut |line| reporter.send(&Record::Output(line));
    let result = match command {
        Command::Insmod { file, params } => modules::insmod(file, params),
        Command::Rmmod(name) => modules::rmmod(name),
        Command::Echo { value, path } => files::echo(value, path),
        Command::Cat(path) => files::cat(path, print),
        Command::Sleep(milliseconds) => {
            sleep(Duration::from_millis(*milliseconds));
            Ok(())
        }
        Command::WaitTransition(patch) => transition::wait_transition(patch, print),
        Command::WaitGone(patch) => transition::wait_gone(patch),
        Command::Settle => transition::settle(print),
        Command::Capture { path, name } => files::capture(path, name),
        Command::Start(line) => shell::start(line, reporter),
        Command::Soak(cycles) => soak::run(*cycles, print),
        Command::Shell(line) => return shell::run(line, print),
    };
    match result {
        Ok(()) => 0,
        Err(message) => {
            print(message);
            1
        }
    }
}
