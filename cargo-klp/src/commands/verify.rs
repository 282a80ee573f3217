// SPDX-License-Identifier: GPL-2.0-only
//! `cargo klp verify`: whether this machine takes a patch, before the kernel gets it.

use std::path::PathBuf;

use super::core;
use crate::document::{Document, Format, Table, head};
use crate::error::{Error, Result};
use crate::inspect;
use crate::machine::{Candidate, Check, Machine, PatchFile, Verdict};

/// Look whether this machine takes a patch, without loading it; fails where it does not.
#[derive(Debug, clap::Args)]
pub struct Command {
    /// The patch.
    #[arg(value_name = "PATCH.ko")]
    patch: PathBuf,
    /// klp's core, for a patch that runs on it; that of the kernel's folder unless given.
    #[arg(long, value_name = "PATH")]
    core: Option<PathBuf>,
    /// For programs: as JSON.
    #[arg(long)]
    json: bool,
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    ///
    /// When the file is no live patch, or something speaks against loading it.
    pub fn run(&self) -> Result {
        let machine = Machine::here();
        let file = PatchFile::patch(&self.patch)?;
        let report = inspect::read(&self.patch)?;
        let core = core::needed(&machine, &file, self.core.as_deref());
        let verification = machine.verify(Candidate {
            file: &file,
            report: &report,
            core,
        });
        let title = format!("{} on kernel {}", verification.patch, verification.kernel);
        let format = if self.json {
            Format::Json
        } else {
            Format::Table
        };
        let document = document(title, &verification.checks);
        println!("{}", document.show(format, &verification)?);
        match verification.refusals() {
            0 => Ok(()),
            refusals => Err(Error::Unfit {
                patch: verification.patch,
                refusals,
            }),
        }
    }
}

/// A line for each check.
pub(super) fn document(title: String, checks: &[Check]) -> Document {
    let rows = checks.iter().map(|check| {
        vec![
            result(check),
            check.check.to_owned(),
            check.found.clone(),
            check.next.clone().unwrap_or_default(),
        ]
    });
    Document {
        title,
        tables: vec![Table {
            title: "Checks",
            head: head(&["RESULT", "CHECK", "FOUND", "NEXT"]),
            rows: rows.collect(),
            empty: "none",
        }],
        ..Document::default()
    }
}

fn result(check: &Check) -> String {
    let result = match check.result {
        Verdict::Ok => "ok",
        Verdict::Warning => "warning",
        Verdict::Refusal => "refusal",
    };
    match check.code {
        Some(code) => format!("{result}[{code}]"),
        None => result.to_owned(),
    }
}
