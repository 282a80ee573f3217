// SPDX-License-Identifier: GPL-2.0-only
//! Whether this machine takes a patch, looked at before the kernel gets it.
//!
//! Nothing is tried: all is read from the patch's file and from what the kernel shows. Each check
//! finds that all is well, something to mind, or why the patch must not be loaded.

mod build;
mod core;
mod functions;
mod memory;
mod policy;
mod probes;
mod refusal;
mod traced;

use klp_codes::Code;
use klp_link::inspect::Report;
use serde::Serialize;

use super::{Machine, MachineError, PatchFile};

pub use refusal::Refusal;

/// A patch that is to be loaded.
pub struct Candidate<'a> {
    /// Its file.
    pub file: &'a PatchFile,
    /// What the file says.
    pub report: &'a Report,
    /// klp's core where the patch needs it and it is not loaded: its file, or why there is none.
    pub core: Result<Option<PatchFile>, MachineError>,
}

/// What all checks of a patch found.
#[derive(Debug, Serialize)]
pub struct Verification {
    /// The patch.
    pub patch: String,
    /// The release of the kernel that runs.
    pub kernel: String,
    /// What was looked at, in the order in which it is.
    pub checks: Vec<Check>,
}

/// What one check found.
#[derive(Debug, Serialize)]
pub struct Check {
    /// What was looked at.
    pub check: &'static str,
    /// What came of it.
    pub result: Verdict,
    /// The code of a refusal.
    #[serde(serialize_with = "klp_link::code::serialize")]
    pub code: Option<Code>,
    /// What was found.
    pub found: String,
    /// What to do next.
    pub next: Option<String>,
    #[serde(skip)]
    refusal: Option<MachineError>,
}

/// What comes of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing speaks against the patch.
    Ok,
    /// Something to mind, or something that cannot be seen.
    Warning,
    /// The patch must not be loaded, or the kernel will not take it.
    Refusal,
}

/// What a check finds that does not refuse the patch.
enum Found {
    Well(String),
    Mind { found: String, next: String },
}

type Finding = Result<Found, MachineError>;

/// A finding that all is well.
fn well(found: impl Into<String>) -> Finding {
    Ok(Found::Well(found.into()))
}

/// A finding to mind.
fn mind(found: impl Into<String>, next: impl Into<String>) -> Finding {
    Ok(Found::Mind {
        found: found.into(),
        next: next.into(),
    })
}

/// The findings, or where there is none that all is well.
fn or_well(findings: Vec<Finding>, found: impl Into<String>) -> Vec<Finding> {
    match findings.is_empty() {
        true => vec![well(found)],
        false => findings,
    }
}

impl Machine {
    /// Looks at everything that decides whether a patch can be loaded now.
    pub fn verify(&self, candidate: Candidate<'_>) -> Verification {
        let Candidate { file, report, core } = candidate;
        let checks: [(&'static str, Vec<Finding>); 12] = [
            ("release", vec![self.check_release(file)]),
            ("vermagic", vec![self.check_vermagic(report)]),
            ("build-id", vec![self.check_build_id(report)]),
            ("modules", self.check_modules(report)),
            ("name", vec![self.check_name(report)]),
            ("core", vec![self.check_core(report, core)]),
            ("transition", vec![self.check_transition(report)]),
            ("functions", self.check_functions(report)),
            ("kprobes", self.check_kprobes(report)),
            ("tracers", self.check_tracers(report)),
            ("policy", self.check_policy(report)),
            ("memory", vec![self.check_memory(file, report)]),
        ];
        let checks = checks.into_iter().flat_map(|(check, findings)| {
            let findings = findings.into_iter();
            findings.map(move |finding| Check::new(check, finding))
        });
        Verification {
            patch: report.name.clone(),
            kernel: self.release().unwrap_or_default(),
            checks: checks.collect(),
        }
    }
}

impl Verification {
    /// How many checks speak against the patch.
    pub fn refusals(&self) -> usize {
        let checks = self.checks.iter();
        checks.filter(|check| check.refusal.is_some()).count()
    }

    /// What is to be minded, if nothing speaks against the patch.
    ///
    /// # Errors
    ///
    /// The first check that speaks against it.
    pub fn warnings(self) -> Result<Vec<Check>, MachineError> {
        let mut warnings = Vec::new();
        for check in self.checks {
            match check.refusal {
                Some(refusal) => return Err(refusal),
                None if check.result == Verdict::Warning => warnings.push(check),
                None => {}
            }
        }
        Ok(warnings)
    }
}

impl Check {
    fn new(check: &'static str, finding: Finding) -> Self {
        let (result, found, next, refusal) = match finding {
            Ok(Found::Well(found)) => (Verdict::Ok, found, None, None),
            Ok(Found::Mind { found, next }) => (Verdict::Warning, found, Some(next), None),
            Err(refusal) => {
                let text = refusal.to_string();
                // The last line of an error says what to do.
                let (found, next) = text.rsplit_once('\n').unwrap_or((&text, ""));
                let next = (!next.is_empty()).then(|| next.to_owned());
                (Verdict::Refusal, found.to_owned(), next, Some(refusal))
            }
        };
        Self {
            check,
            result,
            code: refusal.as_ref().map(MachineError::code),
            found,
            next,
            refusal,
        }
    }
}

#[cfg(test)]
mod tests;
