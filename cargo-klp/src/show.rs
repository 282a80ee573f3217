// SPDX-License-Identifier: GPL-2.0-only
//! Shows a virtual machine at work: the steps, what they print, what the kernel logs meanwhile.

use std::io::{IsTerminal, stdout};

use crate::vm::protocol::Record;
use crate::vm::{Line, Run};

/// Prints lines as they come; colours only on a terminal.
pub struct Show {
    colours: bool,
    started: bool,
}

/// ANSI: the user's own commands stand out, the kernel's log stands back.
const BOLD: &str = "\x1b[1m";
const DIM: &str = "\x1b[2m";
const RESET: &str = "\x1b[0m";

impl Show {
    /// For standard output.
    pub fn new() -> Self {
        Self {
            colours: stdout().is_terminal(),
            started: false,
        }
    }

    /// Shows one line of the console; what the kernel prints while it boots is left out.
    pub fn line(&mut self, line: &Line) {
        match Record::parse(&line.text) {
            Some(Record::Start {
                command,
                quiet: false,
            }) => {
                self.started = true;
                println!("{}", self.styled(BOLD, &format!("% {command}")));
            }
            Some(Record::Start { .. } | Record::End(_) | Record::Done) => self.started = true,
            Some(Record::Output(text) | Record::Background(text) | Record::Part(text)) => {
                println!("{text}");
            }
            None if self.started => println!("{}", self.styled(DIM, &stamped(line))),
            None => {}
        }
    }

    /// Shows what `command` printed before the patch, with it and after it.
    pub fn summary(&self, run: &Run, command: Option<&str>) {
        let Some(command) = command else { return };
        println!(
            "\n{}",
            self.styled(
                BOLD,
                &format!("`{command}`, before, with and after the patch:")
            )
        );
        let shown = run.steps.iter().filter(|step| step.command == command);
        for (when, step) in ["before", "with  ", "after "].iter().zip(shown) {
            for line in step.output() {
                println!("  {when} | {line}");
            }
        }
    }

    fn styled(&self, style: &str, text: &str) -> String {
        if self.colours {
            format!("{style}{text}{RESET}")
        } else {
            text.to_owned()
        }
    }
}

impl Default for Show {
    fn default() -> Self {
        Self::new()
    }
}

fn stamped(line: &Line) -> String {
    match line.time {
        Some(time) => format!("[{time:12.6}] {}", line.text),
        None => line.text.clone(),
    }
}
