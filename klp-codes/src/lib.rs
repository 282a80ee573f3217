// SPDX-License-Identifier: GPL-2.0-only
//! The codes of klp's messages, such as `KLP117`: one for each kind of mistake, for good.
//!
//! [`codes`] has a constant for each. What a code means is in `explanations/KLPnnn.md`, which
//! `cargo klp explain` shows. The hundred says which stage finds the mistake: [`Stage`].
//!
//! A code that was released keeps its meaning; one that is no longer used is not used again.
//! `tests/meanings.txt` is the list that the tests compare with.

#![no_std]

pub mod codes;
mod explanation;

pub use codes::ALL;
pub use explanation::{Explanation, Part};

use core::fmt;

/// The code of one kind of message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(u16);

/// Who finds a mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The compiler, by klp's macros and types.
    Source,
    /// The link step, by the whole patch and the whole kernel.
    Link,
    /// `cargo klp load` and its relatives, or the kernel.
    Load,
    /// `cargo klp check`, of kernels that the patch is not built for yet.
    Compare,
}

impl Code {
    /// The code that is written so, in capitals or not.
    pub fn named(name: &str) -> Option<Self> {
        let (prefix, digits) = name.split_at_checked(3)?;
        let number = digits.parse().ok()?;
        let code = Self(number);
        let known = prefix.eq_ignore_ascii_case("KLP") && digits.len() == 3;
        (known && ALL.iter().any(|entry| entry.code == code)).then_some(code)
    }

    /// Who finds the mistake.
    pub const fn stage(self) -> Stage {
        match self.0 {
            0..100 => Stage::Source,
            100..200 => Stage::Link,
            200..300 => Stage::Load,
            _ => Stage::Compare,
        }
    }

    /// What the code means; `None` for none of the list.
    pub fn explanation(self) -> Option<Explanation> {
        let entry = ALL.iter().find(|entry| entry.code == self)?;
        Some(Explanation(entry.text))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KLP{:03}", self.0)
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Source => "in the source",
            Self::Link => "when linking",
            Self::Load => "when loading",
            Self::Compare => "when compared with other kernels",
        })
    }
}
