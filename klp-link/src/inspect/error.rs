// SPDX-License-Identifier: GPL-2.0-only
//! Why a file cannot be shown.

use crate::profile::{BuildError, ImageError};

/// A file that is no live patch, or one that nobody should load.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// It is compressed, and cannot be unpacked.
    #[error(transparent)]
    Image(#[from] ImageError),
    /// Not even a module.
    #[error(transparent)]
    Module(#[from] BuildError),
    /// The ELF structure is broken.
    #[error("not a readable x86-64 module: {reason}; the file is damaged, build or copy it again")]
    Elf {
        /// What the reader found.
        reason: String,
    },
    /// A module that is no live patch.
    #[error(
        "the module `{name}` is not a live patch: its .modinfo does not say livepatch=Y; \
         `modinfo` and `readelf` show what other modules are"
    )]
    NotAPatch {
        /// Its name.
        name: String,
    },
    /// More than any patch has.
    #[error(
        "{what}: more than {limit}, which no patch has; the file is damaged or made to mislead"
    )]
    TooMuch {
        /// Of what.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
    /// A table does not hold together.
    #[error("{table}: {reason}; the kernel would refuse the patch, or worse: build it again")]
    Table {
        /// Which table.
        table: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// `.klp.info` cannot be read.
    #[error("the section .klp.info is damaged: {reason}; build the patch again")]
    Info {
        /// What the reader found.
        reason: String,
    },
    /// `.klp.info` was written by another version of klp.
    #[error(
        "the section .klp.info has format {found}, this klp reads format {expected}; \
         build the patch again with this klp, or read it with the klp that built it"
    )]
    OtherFormat {
        /// In the file.
        found: u32,
        /// What this library reads and writes.
        expected: u32,
    },
    /// `.klp.info` says something else than the tables.
    #[error(
        "the section .klp.info names {what} that the patch's tables do not have, or the other way \
         round: {names}; the kernel acts on the tables, so the file was changed after it was \
         built: build it again"
    )]
    Disagree {
        /// What kind of thing.
        what: &'static str,
        /// What one of the two has alone.
        names: String,
    },
}

impl Error {
    /// A table that does not hold together.
    pub(super) fn table(table: &'static str, reason: impl Into<String>) -> Self {
        let reason = reason.into();
        Self::Table { table, reason }
    }

    /// A broken ELF structure.
    pub(super) fn elf(reason: impl ToString) -> Self {
        Self::Elf {
            reason: reason.to_string(),
        }
    }
}
