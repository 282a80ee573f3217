// SPDX-License-Identifier: GPL-2.0-only
//! The program that runs as init inside a virtual machine.
//!
//! It mounts what the steps need, runs the scenario, reports everything through the kernel's log
//! and powers the machine off. If it ends in any other way the kernel panics, which the host
//! sees.

use std::{env, fs, io, process::ExitCode, sync::Arc};

use rustix::{
    fs::sync,
    system::{RebootCommand, reboot},
};

mod blockers;
pub mod command;
mod files;
mod modules;
mod mounts;
mod report;
mod shell;
mod soak;
mod step;
mod transition;

use crate::machine::reason;
use crate::vm::{
    Scenario,
    protocol::{Record, SCENARIO_PATH, WORK_DIR},
};
use report::Reporter;

/// Runs the scenario and powers the machine off.
pub fn main() -> ExitCode {
    let prepared = mounts::mount_dev().and_then(|()| Reporter::open());
    let Ok(reporter) = prepared else {
        return ExitCode::FAILURE;
    };
    let reporter = Arc::new(reporter);
    match prepare() {
        Ok(scenario) => {
            step::run_all(&scenario, &reporter);
            reporter.send(&Record::Done);
        }
        Err(error) => reporter.send(&Record::Background(format!("cannot start: {error}"))),
    }
    sync();
    // Returns only if it failed; ending init is then the way to stop the machine.
    let _ = reboot(RebootCommand::PowerOff);
    ExitCode::FAILURE
}

fn prepare() -> io::Result<Scenario> {
    mounts::mount_all()?;
    env::set_current_dir(WORK_DIR)?;
    Ok(serde_json::from_slice(&fs::read(SCENARIO_PATH)?)?)
}
