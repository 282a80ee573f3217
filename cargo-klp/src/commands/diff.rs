// SPDX-License-Identifier: GPL-2.0-only
//! `cargo klp diff`: what changes from one patch to the next, and whether the next may follow.

use std::path::PathBuf;

use klp_link::inspect as compare;

use crate::document::Format;
use crate::error::{Error, Result};
use crate::inspect;

/// Show what one patch changes after another; fails where it must not follow it.
#[derive(Debug, clap::Args)]
pub struct Command {
    /// The patch that is there.
    #[arg(value_name = "OLD.ko")]
    old: PathBuf,
    /// The patch that comes.
    #[arg(value_name = "NEW.ko")]
    new: PathBuf,
    /// The form of the output.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    ///
    /// When a file is no live patch, or the new patch must not be loaded where the old one is.
    pub fn run(&self) -> Result {
        let (old, new) = (inspect::read(&self.old)?, inspect::read(&self.new)?);
        let diff = compare::diff(&old, &new);
        println!("{}", inspect::diff(&diff).show(self.format, &diff)?);
        match diff.refused() {
            false => Ok(()),
            true => Err(Error::MustNotFollow {
                old: self.old.clone(),
                new: self.new.clone(),
            }),
        }
    }
}
