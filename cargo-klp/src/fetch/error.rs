// SPDX-License-Identifier: GPL-2.0-only
//! Why something could not be fetched.

use std::{
    io,
    path::{Path, PathBuf},
};

use thiserror::Error;

/// What went wrong, and what to do about it.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FetchError {
    /// One of Debian's tools is not there.
    #[error(
        "cannot fetch packages: `{program}` is not installed\n\
         help: fetching works on Debian and its relatives; elsewhere, name a vmlinuz"
    )]
    ToolMissing {
        /// The program.
        program: &'static str,
    },
    /// apt has no Debian archive to start from.
    #[error(
        "cannot fetch packages: apt's sources name no Debian archive for the release `{release}`\n\
         help: add the archive's line to the machine's apt sources, or name a .deb or a vmlinuz"
    )]
    NoArchive {
        /// The release of this machine.
        release: String,
    },
    /// A tool failed.
    #[error("`{command}` failed:\n{}", messages.trim_end())]
    Tool {
        /// What was run.
        command: String,
        /// What it said.
        messages: String,
    },
    /// The archive does not have the package.
    #[error(
        "there is no package `{name}` in {suite}\n\
         help: `apt-cache search --names-only linux-image` lists kernels; another suite of the \
         archive, like bookworm-backports, can be chosen"
    )]
    NoPackage {
        /// What was asked for.
        name: String,
        /// Where it was looked for.
        suite: String,
    },
    /// A package does not hold what it should.
    #[error("the package {package} does not contain {missing}")]
    Content {
        /// The package.
        package: String,
        /// What was looked for.
        missing: &'static str,
    },
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl FetchError {
    /// Makes an I/O error about `path` one of these.
    pub(super) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }
}
