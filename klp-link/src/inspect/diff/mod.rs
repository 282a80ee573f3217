// SPDX-License-Identifier: GPL-2.0-only
//! What changes from one patch to the next, and whether the next may follow: the form of
//! `cargo klp diff --format json`.

mod changes;
mod messages;
mod safety;

#[cfg(test)]
mod tests;

use std::fmt;

use serde::Serialize;

use super::report::{
    Callback, FORMAT, Function, Import, Parameter, Relocation, Report, Shadow, State,
};
use crate::link::Core;

/// What NEW adds, drops and changes, compared with OLD.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Diff {
    /// [`FORMAT`].
    pub format: u32,
    /// The patch that is there.
    pub old: Side,
    /// The patch that comes.
    pub new: Side,
    /// What loading NEW does to OLD.
    pub how: How,
    /// Replaced functions.
    pub functions: Vec<Change<In<Function>>>,
    /// Callbacks.
    pub callbacks: Vec<Change<In<Callback>>>,
    /// Kinds of shadow variables; `null` where a file does not say.
    pub shadows: Option<Vec<Change<Shadow>>>,
    /// States; `null` where a file does not say.
    pub states: Option<Vec<Change<State>>>,
    /// Module parameters.
    pub parameters: Vec<Change<Parameter>>,
    /// What is used of the kernel and of other modules.
    pub imports: Vec<Change<Import>>,
    /// What livepatch relocates.
    pub relocations: Vec<Change<Relocation>>,
    /// What speaks against loading NEW where OLD is, the worst first.
    pub findings: Vec<Finding>,
}

/// One of the two patches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Side {
    /// The module's name.
    pub name: String,
    /// `version=` of `.modinfo`.
    pub version: Option<String>,
    /// The core that it runs on.
    pub core: Core,
    /// The release of the kernel that it is for.
    pub kernel: String,
    /// Whether it takes all older patches off.
    pub replace: Option<bool>,
}

/// What loading NEW does to OLD.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// OLD is taken off, and its callbacks are not run.
    Replaces,
    /// OLD stays, below NEW.
    Stacks,
    /// NEW decides as it is loaded. It is judged as if it replaced OLD.
    Unknown,
}

/// Something of an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct In<T> {
    /// `vmlinux` or a module.
    pub object: String,
    /// What it is.
    #[serde(flatten)]
    pub item: T,
}

/// What became of something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change<T> {
    /// NEW alone has it.
    Added {
        /// As NEW has it.
        new: T,
    },
    /// OLD alone has it.
    Dropped {
        /// As OLD has it.
        old: T,
    },
    /// Both have it, not the same.
    Changed {
        /// As OLD has it.
        old: T,
        /// As NEW has it.
        new: T,
        /// What differs, in words.
        differs: Vec<String>,
    },
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// NEW must not be loaded where OLD is.
    Refusal,
    /// It may be meant. Somebody has to look.
    Warning,
    /// Good to know.
    Note,
}

/// Something that speaks against loading NEW where OLD is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// Which one it is, a word for programs.
    pub name: &'static str,
    /// What is wrong, in one sentence that names the thing.
    pub message: String,
    /// Why.
    pub notes: Vec<String>,
    /// What to do next.
    pub help: Option<String>,
}

/// Compares two patches.
pub fn diff(old: &Report, new: &Report) -> Diff {
    let how = match new.replace {
        Some(true) => How::Replaces,
        Some(false) => How::Stacks,
        None => How::Unknown,
    };
    let mut findings = safety::findings(old, new, how);
    findings.sort();
    Diff {
        format: FORMAT,
        old: side(old),
        new: side(new),
        how,
        functions: changes::functions(old, new),
        callbacks: changes::callbacks(old, new),
        shadows: changes::shadows(old, new),
        states: changes::states(old, new),
        parameters: changes::parameters(old, new),
        imports: changes::imports(old, new),
        relocations: changes::relocations(old, new),
        findings,
    }
}

impl Diff {
    /// Whether NEW must not be loaded where OLD is.
    pub fn refused(&self) -> bool {
        let mut findings = self.findings.iter();
        findings.any(|finding| finding.severity == Severity::Refusal)
    }
}

fn side(report: &Report) -> Side {
    Side {
        name: report.name.clone(),
        version: report.version.clone(),
        core: report.core,
        kernel: report.kernel.release.clone(),
        replace: report.replace,
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Refusal => "refusal",
            Self::Warning => "warning",
            Self::Note => "note",
        })
    }
}
