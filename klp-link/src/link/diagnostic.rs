// SPDX-License-Identifier: GPL-2.0-only
//! What the link step tells the author.

use std::cmp::Ordering;
use std::fmt;

use klp_codes::Code;
use serde::{Deserialize, Serialize};

/// A place in the author's source.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Place {
    /// The path as the compiler recorded it.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1; 0 when not known.
    pub column: u32,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// There is no module.
    Error,
    /// The module is made, and may not do all that its author thinks.
    Warning,
}

/// One message: what is wrong, where, why, and what to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub level: Level,
    /// Its code; none for what goes wrong with klp's tools themselves.
    pub code: Option<Code>,
    /// What is wrong, in one sentence that names the thing.
    pub message: String,
    /// Where, when the error belongs to a place in the source.
    pub place: Option<Place>,
    /// Why: background, candidates, the other place.
    pub notes: Vec<String>,
    /// What to do next.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error with neither place nor notes yet.
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            level: Level::Error,
            code: Some(code),
            message: message.into(),
            place: None,
            notes: Vec::new(),
            help: None,
        }
    }

    /// Lets the module be made.
    pub(crate) fn warning(mut self) -> Self {
        self.level = Level::Warning;
        self
    }

    /// By place, those without one last; at one place, by message.
    pub(crate) fn in_source_order(&self, other: &Self) -> Ordering {
        let key = |d: &Self| (d.place.is_none(), d.place.clone(), d.message.clone());
        key(self).cmp(&key(other))
    }

    /// Says where.
    pub(crate) fn at(mut self, place: Option<Place>) -> Self {
        self.place = place;
        self
    }

    /// Says why.
    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Says what to do next.
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl Level {
    /// How rustc says it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.column {
            0 => write!(f, "{}:{}", self.file, self.line),
            column => write!(f, "{}:{}:{column}", self.file, self.line),
        }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.level.word())?;
        if let Some(code) = self.code {
            write!(f, "[{code}]")?;
        }
        write!(f, ": {}", self.message)?;
        if let Some(place) = &self.place {
            write!(f, "\n  --> {place}")?;
        }
        for note in &self.notes {
            write!(f, "\n  = note: {note}")?;
        }
        if let Some(help) = &self.help {
            write!(f, "\n  = help: {help}")?;
        }
        Ok(())
    }
}
