// SPDX-License-Identifier: GPL-2.0-only
//! Comparing a transcript with what really happened.

use similar::TextDiff;
use thiserror::Error;

use super::{Transcript, TranscriptStep, When, noise::is_noise};
use crate::vm::{Run, Source, StepResult};

/// Lines around a difference that are shown.
const CONTEXT: usize = 4;

/// A run that is not what its transcript says.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "the run differs from its transcript (`-` was expected, `+` is what came)\n{diff}\
     help: correct the patch, or the transcript if the new lines are right"
)]
pub struct Mismatch {
    /// The differences with some lines around them.
    pub diff: String,
}

/// Compares everything that the commands and the kernel printed, line by line and in order.
pub fn compare(transcript: &Transcript, run: &Run) -> Result<(), Mismatch> {
    let expected = text(
        transcript
            .steps
            .iter()
            .flat_map(|step| expected(step, run.livepatch_debug)),
    );
    let actual = text(run.steps.iter().flat_map(actual));
    if expected == actual {
        return Ok(());
    }
    let diff = TextDiff::from_lines(&expected, &actual);
    let diff = diff.unified_diff().context_radius(CONTEXT).to_string();
    Err(Mismatch { diff })
}

fn expected(step: &TranscriptStep, debug: bool) -> Vec<String> {
    let lines = step.lines.iter().filter(|line| match line.when {
        When::Always => true,
        When::Debugged => debug,
        When::OnKlp => false,
    });
    let lines = lines.map(|line| line.text.trim_end().to_owned());
    std::iter::once(format!("% {}", step.command))
        .chain(lines)
        .collect()
}

/// What a step printed. A quiet step shows itself only if it failed.
fn actual(step: &StepResult) -> Vec<String> {
    let shown = !step.quiet || !step.succeeded();
    let command = shown.then(|| format!("% {}", step.command));
    let lines = step.lines.iter().filter(|line| match line.source {
        Source::Kernel => !is_noise(&line.text),
        Source::Command => shown,
        Source::Background => false,
    });
    let lines = lines.map(|line| line.text.trim_end().to_owned());
    command
        .into_iter()
        .chain(lines.filter(|line| !line.is_empty()))
        .collect()
}

fn text(lines: impl Iterator<Item = String>) -> String {
    lines.map(|line| line + "\n").collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vm::StepLine;

    const TRANSCRIPT: &str = "% insmod a.ko\na: hello\n[debug] livepatch: x\n% rmmod a\na: bye\n";

    fn step(command: &str, lines: &[(Source, &str)]) -> StepResult {
        let line = |(source, text): &(Source, &str)| StepLine {
            source: *source,
            time: None,
            text: (*text).to_owned(),
        };
        let lines = lines.iter().map(line).collect();
        StepResult {
            command: command.into(),
            quiet: command == "settle",
            status: Some(0),
            lines,
        }
    }

    fn good() -> Run {
        let insmod = [
            (Source::Kernel, "a: hello"),
            (Source::Kernel, "tsc: Refined"),
        ];
        let rmmod = [(Source::Background, "tick")];
        let settle = [(Source::Kernel, "a: bye"), (Source::Command, "unseen")];
        let steps = vec![
            step("insmod a.ko", &insmod),
            step("rmmod a", &rmmod),
            step("settle", &settle),
        ];
        Run {
            steps,
            ..Run::default()
        }
    }

    fn difference(run: &Run) -> Option<String> {
        let transcript = Transcript::parse(TRANSCRIPT).unwrap();
        compare(&transcript, run)
            .err()
            .map(|mismatch| mismatch.diff)
    }

    #[test]
    fn what_was_expected_is_accepted() {
        assert_eq!(difference(&good()), None);
    }

    #[test]
    fn debug_lines_are_expected_exactly_when_they_are_on() {
        let mut run = good();
        run.livepatch_debug = true;
        assert!(difference(&run).unwrap().contains("-livepatch: x\n"));
        let debug = StepLine {
            source: Source::Kernel,
            time: None,
            text: "livepatch: x".into(),
        };
        run.steps[0].lines.push(debug);
        assert_eq!(difference(&run), None);
        run.livepatch_debug = false;
        assert!(difference(&run).unwrap().contains("+livepatch: x\n"));
    }

    #[test]
    fn order_matters() {
        let mut run = good();
        run.steps.swap(0, 1);
        assert!(difference(&run).is_some());
    }

    #[test]
    fn a_wait_that_failed_is_shown() {
        let mut run = good();
        run.steps[2].status = Some(1);
        let diff = difference(&run).unwrap();
        assert!(
            diff.contains("+% settle\n") && diff.contains("+unseen\n"),
            "{diff}"
        );
    }
}
