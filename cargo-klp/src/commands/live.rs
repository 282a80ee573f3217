// SPDX-License-Identifier: GPL-2.0-only
//! A view that follows what goes on: redrawn in place on a terminal.

use std::fmt::Display;
use std::io::{IsTerminal, stderr};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// How often the machine is looked at for the view: that looks at every task.
const INTERVAL: Duration = Duration::from_millis(250);

/// The view, gone when this is dropped. Nothing where there is no terminal.
pub struct Live {
    bar: Option<ProgressBar>,
    drawn: Option<Instant>,
}

impl Live {
    /// A view on standard error, as other progress is.
    pub fn new() -> Self {
        let bar = stderr().is_terminal().then(ProgressBar::new_spinner);
        if let (Some(bar), Ok(style)) = (&bar, ProgressStyle::with_template("{msg}")) {
            bar.set_style(style);
        }
        Self { bar, drawn: None }
    }

    /// Shows what `view` gives, if it is time again.
    pub fn show<T: Display>(&mut self, view: impl FnOnce() -> T) {
        let recent = |drawn: Instant| drawn.elapsed() < INTERVAL;
        if let Some(bar) = &self.bar
            && !self.drawn.is_some_and(recent)
        {
            bar.set_message(view().to_string());
            bar.tick();
            self.drawn = Some(Instant::now());
        }
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
