// SPDX-License-Identifier: GPL-2.0-only
//! What commands show of a patch: facts, tables and remarks, on a terminal or in a pull request.
//!
//! Texts come from files that nobody vouches for: neither form lets them steer the reader's
//! terminal or page.

mod markdown;
mod terminal;

use klp_codes::Code;
use serde::Serialize;

use crate::error::{Error, Result};

/// The forms of a command's output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Tables, for people at a terminal.
    #[default]
    Table,
    /// For programs.
    Json,
    /// For a pull request.
    Markdown,
}

/// Something to read.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// In one line.
    pub title: String,
    /// Names and values.
    pub facts: Vec<(&'static str, String)>,
    /// What there are several of.
    pub tables: Vec<Table>,
    /// What to mind.
    pub remarks: Vec<Remark>,
}

/// A table with a title.
#[derive(Clone, Debug)]
pub struct Table {
    /// What is in it.
    pub title: &'static str,
    /// The names of its columns.
    pub head: Vec<String>,
    /// Its rows, as wide as the head.
    pub rows: Vec<Vec<String>>,
    /// What stands in the place of rows when there are none.
    pub empty: &'static str,
}

/// A sentence, with why and what next.
#[derive(Clone, Debug)]
pub struct Remark {
    /// How much it weighs.
    pub weight: Weight,
    /// Its code, if it has one.
    pub code: Option<Code>,
    /// What is wrong.
    pub message: String,
    /// Why.
    pub notes: Vec<String>,
    /// What to do next.
    pub help: Option<String>,
}

/// How much a remark weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// A mistake.
    Error,
    /// Perhaps one.
    Warning,
    /// None.
    Note,
}

/// The names of columns.
pub fn head(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

impl Document {
    /// The document in that form; `data` is the same for programs.
    ///
    /// # Errors
    ///
    /// Never, unless `data` cannot be JSON.
    pub fn show(&self, format: Format, data: &impl Serialize) -> Result<String> {
        match format {
            Format::Table => Ok(terminal::render(self)),
            Format::Markdown => Ok(markdown::render(self)),
            Format::Json => serde_json::to_string_pretty(data)
                .map_err(|error| Error::io("write", "the report as JSON")(error.into())),
        }
    }
}

/// The text with what steers terminals and the direction of writing shown, not done.
fn harmless(text: &str) -> String {
    let steers = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let mut shown = String::new();
    for c in text.chars() {
        match steers(c) {
            true => shown.extend(c.escape_default()),
            false => shown.push(c),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A document with everything that a file could put into it to mislead.
    pub(super) fn hostile() -> Document {
        Document {
            title: "a\x1b[2Jb".into(),
            facts: vec![("name", "x\u{202e}y".into())],
            tables: vec![
                Table {
                    title: "Rows",
                    head: head(&["ONE", "TWO"]),
                    rows: vec![vec!["a|b\nc".into(), "<b>`@you`".into()]],
                    empty: "none",
                },
                Table {
                    title: "Nothing",
                    head: head(&["ONE"]),
                    rows: Vec::new(),
                    empty: "none at all",
                },
            ],
            remarks: vec![Remark {
                weight: Weight::Warning,
                code: Code::named("KLP117"),
                message: "`f<T>` is <i>gone</i>".into(),
                notes: vec!["since *then*".into()],
                help: Some("look".into()),
            }],
        }
    }

    #[test]
    fn what_steers_is_shown() {
        assert_eq!(harmless("a\x1b[2J\u{202e}ö"), "a\\u{1b}[2J\\u{202e}ö");
    }

    #[test]
    fn programs_get_the_data() {
        let shown = hostile().show(Format::Json, &serde_json::json!({"a": 1}));
        assert_eq!(shown.unwrap(), "{\n  \"a\": 1\n}");
    }
}
