// SPDX-License-Identifier: GPL-2.0-only
//! `cargo klp explain`: what a code means.

use std::io::{IsTerminal, stdout};

use klp_codes::{ALL, Code, Stage};

use crate::error::{Error, Result};

/// Explain the code of a message: cause, background, example and fix.
#[derive(Debug, clap::Args)]
pub struct Command {
    /// The code, such as KLP117; without it, all codes are listed.
    code: Option<String>,
}

/// ANSI: headings stand out.
const BOLD: &str = "\x1b[1m";
const RESET: &str = "\x1b[0m";

impl Command {
    /// Does it.
    ///
    /// # Errors
    ///
    /// When there is no such code; the nearest is named.
    pub fn run(&self) -> Result {
        match &self.code {
            None => print!("{}", list()),
            Some(name) => print!("{}", shown(text(name)?, stdout().is_terminal())),
        }
        Ok(())
    }
}

fn text(name: &str) -> Result<&'static str> {
    let explanation = Code::named(name).and_then(Code::explanation);
    let unknown = || Error::UnknownCode {
        code: name.to_owned(),
        nearest: nearest(name),
    };
    Ok(explanation.ok_or_else(unknown)?.text())
}

/// The code that looks most like `name`, by its first three digits.
fn nearest(name: &str) -> String {
    let digits = name.chars().filter(char::is_ascii_digit);
    let written = format!("KLP{:0>3}", digits.take(3).collect::<String>());
    let names: Vec<_> = ALL.iter().map(|entry| entry.code.to_string()).collect();
    let nearest = klp_types::nearest(&written, 1, names.iter().map(String::as_str));
    nearest.concat()
}

/// All codes, by who finds the mistake.
fn list() -> String {
    let stages = [Stage::Source, Stage::Link, Stage::Load, Stage::Compare];
    let stages = stages.map(|stage| {
        let entries = ALL.iter().filter(|entry| entry.code.stage() == stage);
        let entries = entries.filter_map(|entry| {
            let title = entry.code.explanation()?.title();
            Some(format!("  {}  {title}\n", entry.code))
        });
        format!("Found {stage}:\n{}", entries.collect::<String>())
    });
    stages.join("\n")
}

/// Markdown as it is, with its headings in bold on a terminal.
fn shown(text: &str, colours: bool) -> String {
    let line = |line: &str| match line.starts_with('#') && colours {
        true => format!("{BOLD}{}{RESET}\n", line.trim_start_matches(['#', ' '])),
        false => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_explained_however_it_is_written() {
        for name in ["KLP117", "klp117"] {
            assert!(text(name).unwrap().starts_with("# KLP117: "));
        }
    }

    #[test]
    fn an_unknown_code_names_the_nearest() {
        for (name, nearest) in [
            ("117", "KLP117"),
            ("KLP1171", "KLP117"),
            ("E9", "KLP009"),
            ("what", "KLP001"),
        ] {
            let error = text(name).unwrap_err().to_string();
            assert!(
                error.contains(&format!("`cargo klp explain {nearest}`")),
                "{error}"
            );
        }
    }

    #[test]
    fn the_list_has_every_code_once_with_its_title() {
        let list = list();
        for entry in ALL {
            let lines = list
                .lines()
                .filter(|line| line.contains(&entry.code.to_string()));
            assert_eq!(lines.count(), 1, "{}", entry.code);
        }
        assert!(list.starts_with("Found in the source:\n  KLP001  "));
    }

    #[test]
    fn headings_are_bold_on_a_terminal_only() {
        assert_eq!(shown("# A\nb", false), "# A\nb\n");
        assert_eq!(shown("# A\nb", true), "\x1b[1mA\x1b[0m\nb\n");
    }
}
