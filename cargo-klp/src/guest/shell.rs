// SPDX-License-Identifier: GPL-2.0-only
//! Commands that are not built in, run by the guest's shell.

use std::{
    io::{self, BufRead, BufReader, PipeReader},
    os::unix::process::ExitStatusExt,
    process::{Child, Command, Stdio},
    sync::Arc,
    thread,
};

use super::{reason, report::Reporter, step::Print};
use crate::vm::protocol::{BUSYBOX_PATH, Record};

/// What a shell says of a command that it cannot find.
const NOT_FOUND: i32 = 127;

/// Runs a command line and gives its exit status.
pub fn run(line: &str, print: Print<'_>) -> i32 {
    match spawn(line) {
        Ok((mut child, output)) => {
            lines(output).for_each(print);
            child.wait().map_or(NOT_FOUND, |status| {
                status
                    .code()
                    .unwrap_or_else(|| 128 + status.signal().unwrap_or_default())
            })
        }
        Err(error) => {
            print(no_shell(line, &error));
            NOT_FOUND
        }
    }
}

/// Starts a command line that goes on while the next steps run.
pub fn start(line: &str, reporter: &Arc<Reporter>) -> Result<(), String> {
    let (mut child, output) = spawn(line).map_err(|error| no_shell(line, &error))?;
    let reporter = Arc::clone(reporter);
    thread::spawn(move || {
        lines(output).for_each(|line| reporter.send(&Record::Background(line)));
        child.wait()
    });
    Ok(())
}

/// A shell for `line`, both its outputs in one pipe so that their order is kept.
fn spawn(line: &str) -> io::Result<(Child, PipeReader)> {
    let (reader, writer) = io::pipe()?;
    let mut shell = Command::new(BUSYBOX_PATH);
    shell
        .args(["sh", "-c", line])
        .env("PATH", "/bin")
        .stdin(Stdio::null());
    let child = shell.stdout(writer.try_clone()?).stderr(writer).spawn()?;
    Ok((child, reader))
}

fn lines(output: PipeReader) -> impl Iterator<Item = String> {
    let lines = BufReader::new(output).split(b'\n').map_while(Result::ok);
    lines.map(|line| {
        String::from_utf8_lossy(&line)
            .trim_end_matches('\r')
            .to_owned()
    })
}

fn no_shell(line: &str, error: &io::Error) -> String {
    let why = reason(error);
    format!("cannot run `{line}`: it needs a shell, and {BUSYBOX_PATH} does not start: {why}")
}
