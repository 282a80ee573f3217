// SPDX-License-Identifier: GPL-2.0-only
//! One running machine, followed line by line until it is done, in trouble or out of time.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read, Seek},
    process::{Command, ExitStatus},
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use super::{
    Line, Run, Vm, VmError, capture, collector::Collector, host, markers::Watch, protocol::PREFIX,
    qemu::Child,
};

/// How much of the console goes into a message.
const TAIL: usize = 20;
/// Lines before a marker that belong to its excerpt.
const BEFORE_MARKER: usize = 8;
/// Lines from the marker on that belong to its excerpt.
const AFTER_MARKER: usize = 40;
/// How long a report may take to be printed.
const REPORT_TIME: Duration = Duration::from_secs(3);
/// How long the console is silent after a report.
const REPORT_SILENCE: Duration = Duration::from_millis(700);
/// What a kernel prints last.
const POWER_DOWN: &str = "Power down";

type OnLine<'a> = &'a mut dyn FnMut(&Line);

/// Starts `command` and follows it to its end.
pub fn run(vm: &Vm, command: Command, captures: File, on_line: OnLine<'_>) -> Result<Run, VmError> {
    let mut child = Child::spawn(command).map_err(host("starting QEMU"))?;
    let (lines, errors) = readers(&mut child);
    let mut session = Session {
        lines,
        log: Collector::default(),
        on_line,
    };
    session.follow(vm)?;
    let status = child.wait().map_err(host("waiting for QEMU"))?;
    let messages = errors
        .and_then(|thread| thread.join().ok())
        .unwrap_or_default();
    session.check_end(status, messages)?;
    let captures = capture::decode(&content(captures)?)?;
    Ok(session.log.finish(captures, vm.livepatch_debug))
}

/// A machine whose console is being read.
struct Session<'a> {
    lines: Receiver<Vec<u8>>,
    log: Collector,
    on_line: OnLine<'a>,
}

impl Session<'_> {
    /// Reads the console to its end.
    fn follow(&mut self, vm: &Vm) -> Result<(), VmError> {
        let deadline = Instant::now() + vm.timeout;
        let mut watch = Watch::new(&vm.allowed_reports);
        loop {
            match self.next(deadline.saturating_duration_since(Instant::now())) {
                Ok(text) if text.starts_with(PREFIX) => {}
                Ok(text) => {
                    if let Some(marker) = watch.check(&text) {
                        return Err(self.trouble(marker));
                    }
                }
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
                Err(RecvTimeoutError::Timeout) => return Err(self.timed_out(vm.timeout)),
            }
        }
    }

    /// The next line's text, after showing and sorting it.
    fn next(&mut self, patience: Duration) -> Result<String, RecvTimeoutError> {
        let line = Line::parse(&self.lines.recv_timeout(patience)?);
        (self.on_line)(&line);
        let text = line.text.clone();
        self.log.push(line);
        Ok(text)
    }

    /// Lets the report that began with the last line be printed, then makes it the error.
    fn trouble(&mut self, marker: &'static str) -> VmError {
        let start = self.log.len();
        let step = self.log.current_step();
        let deadline = Instant::now() + REPORT_TIME;
        while self.log.len() < start + AFTER_MARKER && Instant::now() < deadline {
            if self.next(REPORT_SILENCE).is_err() {
                break;
            }
        }
        let excerpt = self.log.tail(self.log.len() - start + 1 + BEFORE_MARKER);
        VmError::Trouble {
            marker,
            step,
            excerpt,
        }
    }

    fn timed_out(&self, after: Duration) -> VmError {
        VmError::TimedOut {
            after,
            step: self.log.current_step(),
            last: self.log.tail(TAIL),
        }
    }

    /// Checks that the whole log arrived before QEMU ended with `status`.
    fn check_end(&self, status: ExitStatus, messages: Vec<String>) -> Result<(), VmError> {
        let last = self.log.tail(TAIL);
        if !status.success() || self.log.len() == 0 {
            let last = messages.into_iter().chain(last).collect();
            return Err(VmError::QemuFailed {
                status: status.to_string(),
                last,
            });
        }
        if !self.log.is_done() {
            return Err(VmError::LostLog {
                missing: "klp-guest: done",
                last,
            });
        }
        if !last.iter().any(|line| line.contains(POWER_DOWN)) {
            return Err(VmError::LostLog {
                missing: POWER_DOWN,
                last,
            });
        }
        Ok(())
    }
}

/// Threads that read the console and QEMU's own messages.
fn readers(child: &mut Child) -> (Receiver<Vec<u8>>, Option<JoinHandle<Vec<String>>>) {
    let (send, lines) = mpsc::channel();
    if let Some(console) = child.stdout() {
        thread::spawn(move || {
            let lines = BufReader::new(console).split(b'\n').map_while(Result::ok);
            // The receiver is gone once the session has ended: nobody wants the rest.
            let _ = lines.map(|line| send.send(line)).find(Result::is_err);
        });
    }
    let errors = child.stderr().map(|stderr| {
        thread::spawn(move || {
            BufReader::new(stderr)
                .lines()
                .map_while(Result::ok)
                .collect()
        })
    });
    (lines, errors)
}

fn content(mut file: File) -> Result<Vec<u8>, VmError> {
    let mut bytes = Vec::new();
    file.rewind().map_err(host("reading the captured files"))?;
    file.read_to_end(&mut bytes)
        .map_err(host("reading the captured files"))?;
    Ok(bytes)
}
