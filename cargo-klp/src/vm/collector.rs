// SPDX-License-Identifier: GPL-2.0-only
//! Sorting the console's lines into the steps they belong to, as they come.

use std::collections::BTreeMap;

use super::{Line, Run, Source, StepLine, StepResult, protocol::Record};

/// The run so far.
#[derive(Debug, Default)]
pub struct Collector {
    lines: Vec<Line>,
    steps: Vec<StepResult>,
    parts: String,
    done: bool,
}

impl Collector {
    /// Takes the next line of the console.
    pub fn push(&mut self, line: Line) {
        match Record::parse(&line.text) {
            Some(Record::Part(part)) => self.parts.push_str(&part),
            Some(record) => {
                let record = record.join(&std::mem::take(&mut self.parts));
                self.record(record, line.time);
            }
            None => self.add(Source::Kernel, line.time, line.text.clone()),
        }
        self.lines.push(line);
    }

    /// Whether the guest said that it was done.
    pub fn is_done(&self) -> bool {
        self.done
    }

    /// The command that is running, or ran last.
    pub fn current_step(&self) -> Option<String> {
        self.steps.last().map(|step| step.command.clone())
    }

    /// The last `count` lines of the console.
    pub fn tail(&self, count: usize) -> Vec<String> {
        let first = self.lines.len().saturating_sub(count);
        self.lines[first..]
            .iter()
            .map(|line| line.text.clone())
            .collect()
    }

    /// How many lines have come.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// The finished run.
    pub fn finish(self, captures: BTreeMap<String, Vec<u8>>, livepatch_debug: bool) -> Run {
        Run {
            lines: self.lines,
            steps: self.steps,
            captures,
            livepatch_debug,
        }
    }

    fn record(&mut self, record: Record, time: Option<f64>) {
        match record {
            Record::Start { command, quiet } => {
                self.steps.push(StepResult {
                    command,
                    quiet,
                    ..StepResult::default()
                });
            }
            Record::Output(text) => self.add(Source::Command, time, text),
            Record::Background(text) => self.add(Source::Background, time, text),
            Record::End(status) => {
                if let Some(step) = self.steps.last_mut() {
                    step.status = Some(status);
                }
            }
            Record::Done => self.done = true,
            Record::Part(_) => {}
        }
    }

    /// Adds a line to the latest step; what comes before the first, or after the last record,
    /// belongs to none.
    fn add(&mut self, source: Source, time: Option<f64>, text: String) {
        if self.done {
            return;
        }
        if let Some(step) = self.steps.last_mut() {
            step.lines.push(StepLine { source, time, text });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(lines: &[&str]) -> Collector {
        let mut collector = Collector::default();
        for text in lines {
            collector.push(Line {
                time: None,
                text: (*text).to_owned(),
            });
        }
        collector
    }

    #[test]
    fn lines_go_to_the_step_they_follow() {
        let collected = run(&[
            "Linux version 6",
            "klp-guest: % insmod a.ko",
            "a: hello",
            "klp-guest: & tick",
            "klp-guest: + insmod: could ",
            "a: meanwhile",
            "klp-guest: | not",
            "klp-guest: = 1",
            "a: late",
            "klp-guest: ~ settle",
            "klp-guest: = 0",
            "klp-guest: done",
            "reboot: Power down",
        ]);
        assert!(collected.is_done());
        let run = collected.finish(BTreeMap::new(), false);
        assert_eq!(run.steps.len(), 2);
        assert_eq!(run.steps[0].status, Some(1));
        assert_eq!(run.steps[0].log(), ["a: hello", "a: meanwhile", "a: late"]);
        assert_eq!(run.steps[0].output(), ["insmod: could not"]);
        assert!(run.steps[1].quiet && run.steps[1].succeeded() && run.steps[1].lines.is_empty());
        assert_eq!(run.lines.len(), 13);
    }
}
