// SPDX-License-Identifier: GPL-2.0-only
//! `cargo klp inspect`: what a built patch will do.

use std::path::PathBuf;

use crate::document::Format;
use crate::error::Result;
use crate::inspect;

/// Show what a patch does, from its file alone.
#[derive(Debug, clap::Args)]
pub struct Command {
    /// The patch.
    #[arg(value_name = "PATCH.ko")]
    patch: PathBuf,
    /// The form of the output.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    ///
    /// When the file is no live patch, or contradicts itself.
    pub fn run(&self) -> Result {
        let report = inspect::read(&self.patch)?;
        let document = inspect::report(&report);
        println!("{}", document.show(self.format, &report)?);
        Ok(())
    }
}
