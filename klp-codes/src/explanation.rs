// SPDX-License-Identifier: GPL-2.0-only
//! The explanation of a code: Markdown with a title and four parts.

/// What `explanations/KLPnnn.md` says.
#[derive(Clone, Copy, Debug)]
pub struct Explanation(pub(crate) &'static str);

/// A part of an explanation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// What the author, or whoever loads the patch, did.
    Cause,
    /// What the kernel does, or klp, so that this cannot be.
    Background,
    /// Source or commands that give the message.
    Example,
    /// What to do.
    Fix,
}

impl Explanation {
    /// All of it.
    pub fn text(self) -> &'static str {
        self.0
    }

    /// What the code means, in a line.
    pub fn title(self) -> &'static str {
        let first = self.0.lines().next().unwrap_or_default();
        first.split_once(": ").map_or(first, |(_, title)| title)
    }

    /// The text below a part's heading; `None` where there is no such heading.
    pub fn part(self, part: Part) -> Option<&'static str> {
        let heading = part.heading();
        let (_, rest) = self.0.split_once(heading)?;
        let end = rest.find("\n## ").unwrap_or(rest.len());
        rest.get(..end).map(str::trim)
    }
}

impl Part {
    /// All parts, in order.
    pub const ALL: [Self; 4] = [Self::Cause, Self::Background, Self::Example, Self::Fix];

    fn heading(self) -> &'static str {
        match self {
            Self::Cause => "\n## Cause\n",
            Self::Background => "\n## Background\n",
            Self::Example => "\n## Example\n",
            Self::Fix => "\n## Fix\n",
        }
    }
}
