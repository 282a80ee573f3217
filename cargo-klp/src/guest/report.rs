// SPDX-License-Identifier: GPL-2.0-only
//! Writing records into the kernel's log.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write},
    sync::{Mutex, PoisonError},
};

use rustix::stdio::dup2_stderr;

use crate::vm::protocol::Record;

/// The kernel's log, shared by the steps and the background tasks.
#[derive(Debug)]
pub struct Reporter {
    log: Mutex<File>,
}

impl Reporter {
    /// Opens the log, and sends this program's own messages there too.
    pub fn open() -> io::Result<Self> {
        let log = OpenOptions::new().write(true).open("/dev/kmsg")?;
        dup2_stderr(&log)?;
        Ok(Self {
            log: Mutex::new(log),
        })
    }

    /// Writes one record; its parts stay together.
    pub fn send(&self, record: &Record) {
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        for mut line in record.lines() {
            // Without it the kernel holds the line back until the next one comes.
            line.push('\n');
            // There is no other place to report to; the host notices that a line is missing.
            let _ = log.write_all(line.as_bytes());
        }
    }
}
