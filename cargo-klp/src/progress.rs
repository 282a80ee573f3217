// SPDX-License-Identifier: GPL-2.0-only
//! Progress of long work inside a compiler call.
//!
//! cargo keeps what a compiler prints and prints it again with every later build, so these lines go
//! to cargo's own standard error instead.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::process::parent_id;
use std::time::Instant;

/// A piece of long work.
pub struct Progress {
    start: Instant,
    out: Option<File>,
}

impl Progress {
    /// Says that `work` starts.
    pub fn start(work: &str) -> Self {
        let cargo = format!("/proc/{}/fd/2", parent_id());
        let progress = Self {
            start: Instant::now(),
            out: OpenOptions::new().append(true).open(cargo).ok(),
        };
        progress.say(&format!("klp: {work} …"));
        progress
    }

    /// Says that it is done.
    pub fn finish(self, done: &str) {
        let seconds = self.start.elapsed().as_secs_f64();
        self.say(&format!("klp: {done} after {seconds:.0} s"));
    }

    fn say(&self, line: &str) {
        // Nobody misses a progress line that cannot be shown.
        let _ = match &self.out {
            Some(out) => writeln!(&mut &*out, "{line}"),
            None => writeln!(io::stderr(), "{line}"),
        };
    }
}
