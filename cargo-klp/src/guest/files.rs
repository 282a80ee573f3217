// SPDX-License-Identifier: GPL-2.0-only
//! Files: writing, printing, and sending them to the host.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
};

use rustix::termios::{OptionalActions, tcdrain, tcgetattr, tcsetattr};

use super::{reason, step::Print};
use crate::vm::{capture::encode, protocol::CAPTURE_TTY};

/// Writes `value` and a newline with one system call, as a kernel attribute wants it.
pub fn echo(value: &str, path: &str) -> Result<(), String> {
    let mut options = OpenOptions::new();
    let file = options.write(true).create(true).truncate(true).open(path);
    let mut file =
        file.map_err(|error| format!("echo: can't create {path}: {}", reason(&error)))?;
    let written = file.write_all(format!("{value}\n").as_bytes());
    written.map_err(|error| format!("echo: write error: {}", reason(&error)))
}

/// Prints a file, line by line.
pub fn cat(path: &str, print: Print<'_>) -> Result<(), String> {
    let content = fs::read(path).map_err(|error| format!("cat: {path}: {}", reason(&error)))?;
    String::from_utf8_lossy(&content)
        .lines()
        .for_each(|line| print(line.to_owned()));
    Ok(())
}

/// Sends a file over the second serial line.
pub fn capture(path: &str, name: &str) -> Result<(), String> {
    let content = fs::read(path).map_err(|error| format!("capture: {path}: {}", reason(&error)))?;
    let sent = send(&encode(name, &content));
    sent.map_err(|error| format!("capture: {CAPTURE_TTY}: {}", reason(&error)))
}

fn send(bytes: &[u8]) -> io::Result<()> {
    let mut line = OpenOptions::new().write(true).open(CAPTURE_TTY)?;
    let mut modes = tcgetattr(&line)?;
    modes.make_raw();
    tcsetattr(&line, OptionalActions::Now, &modes)?;
    line.write_all(bytes)?;
    Ok(tcdrain(&line)?)
}
