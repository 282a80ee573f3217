// SPDX-License-Identifier: GPL-2.0-only
//! Reading a transcript's text.

use thiserror::Error;

use super::{Transcript, TranscriptLine, TranscriptStep, When};

/// What marks lines that do not always come.
const MARKS: [(&str, When); 2] = [("[debug] ", When::Debugged), ("[klp] ", When::OnKlp)];

/// Why a text is not a transcript.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TranscriptError {
    /// Something is expected before anything has been done.
    #[error(
        "line {number}: `{text}` comes before the first step\n\
         help: begin with `% COMMAND`, or make the line a comment with `#`"
    )]
    BeforeFirstStep {
        /// The line's number.
        number: usize,
        /// The line.
        text: String,
    },
    /// A step without a command.
    #[error("line {number}: there is no command behind `%`\nhelp: write `% COMMAND`")]
    NoCommand {
        /// The line's number.
        number: usize,
    },
    /// No steps at all.
    #[error("the transcript has no steps\nhelp: add lines like `% insmod NAME.ko`")]
    Empty,
}

pub(super) fn parse(text: &str) -> Result<Transcript, TranscriptError> {
    let mut steps: Vec<TranscriptStep> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        let line = line.trim_end();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(command) = line.strip_prefix('%') {
            steps.push(step(command, number)?);
        } else if let Some(step) = steps.last_mut() {
            step.lines.push(expected(line));
        } else {
            return Err(TranscriptError::BeforeFirstStep {
                number,
                text: line.to_owned(),
            });
        }
    }
    if steps.is_empty() {
        Err(TranscriptError::Empty)
    } else {
        Ok(Transcript { steps })
    }
}

fn step(command: &str, number: usize) -> Result<TranscriptStep, TranscriptError> {
    let (command, settles) = match command.strip_prefix('&') {
        Some(command) => (command.trim(), false),
        None => (command.trim(), true),
    };
    if command.is_empty() {
        return Err(TranscriptError::NoCommand { number });
    }
    Ok(TranscriptStep {
        command: command.to_owned(),
        settles,
        lines: Vec::new(),
    })
}

fn expected(line: &str) -> TranscriptLine {
    let marked = |(mark, when): &(&str, When)| Some((line.strip_prefix(mark)?, *when));
    let (text, when) = MARKS
        .iter()
        .find_map(marked)
        .unwrap_or((line, When::Always));
    TranscriptLine {
        when,
        text: text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vm::Scenario;

    #[test]
    fn steps_lines_and_comments_are_told_apart() {
        let text = "# why\n\n% insmod a.ko x=1\na: hello\n[debug] livepatch: x\n%& rmmod a\n";
        let transcript = Transcript::parse(text).unwrap();
        assert_eq!(transcript.steps.len(), 2);
        assert_eq!(transcript.steps[0].command, "insmod a.ko x=1");
        assert_eq!(transcript.steps[0].lines[0].text, "a: hello");
        let debug = TranscriptLine {
            when: When::Debugged,
            text: "livepatch: x".into(),
        };
        assert_eq!(transcript.steps[0].lines[1], debug);
        assert!(!transcript.steps[1].settles);
        let scenario = Scenario::new()
            .step("insmod a.ko x=1")
            .quiet("settle")
            .step("rmmod a");
        assert_eq!(transcript.scenario(), scenario);
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        let early = Transcript::parse("# x\nhello\n% a").unwrap_err();
        let text = "hello".to_owned();
        assert_eq!(early, TranscriptError::BeforeFirstStep { number: 2, text });
        let none = Transcript::parse("% a\n%& \n").unwrap_err();
        assert_eq!(none, TranscriptError::NoCommand { number: 2 });
        assert_eq!(
            Transcript::parse("# x\n").unwrap_err(),
            TranscriptError::Empty
        );
    }
}
