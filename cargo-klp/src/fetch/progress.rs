// SPDX-License-Identifier: GPL-2.0-only
//! Telling the user what takes its time: a spinner on a terminal, a plain line elsewhere.

use std::{
    io::{IsTerminal, stderr},
    time::Duration,
};

use indicatif::ProgressBar;

/// An activity that is shown until this is dropped.
#[derive(Debug)]
pub struct Shown(ProgressBar);

/// Shows `activity` as going on.
pub fn start(activity: String) -> Shown {
    if !stderr().is_terminal() {
        eprintln!("{activity}");
        return Shown(ProgressBar::hidden());
    }
    let spinner = ProgressBar::new_spinner().with_message(activity);
    spinner.enable_steady_tick(Duration::from_millis(100));
    Shown(spinner)
}

impl Drop for Shown {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
