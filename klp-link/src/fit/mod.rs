// SPDX-License-Identifier: GPL-2.0-only
//! Whether other kernels than the one that a patch was built for could take it, built anew.
//!
//! What the patch relies on is in its `.klp.info`; each thing is looked for in each kernel's
//! profile, by the link step's own rules, and compared with what the build's kernel has. That a
//! struct is laid out differently is no obstacle: building for that kernel lays it out as there.
//!
//! A patch's source may have parts for some kernels only (`linux_at_least`). What is compared is
//! what one build has.

#[cfg(test)]
mod fixture;
mod same;
mod side;
mod symbols;
#[cfg(test)]
mod tests;
mod types;

use klp_codes::Code;
use serde::Serialize;

use crate::info::Info;
use crate::link::{Diagnostic, Place};
use crate::profile::{LayoutError, Profile};
use side::Side;

/// The version of the JSON form.
pub const FORMAT: u32 = 1;

/// What several kernels have of what a patch relies on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fit {
    /// [`FORMAT`].
    pub format: u32,
    /// The release of the kernel that the patch was built for.
    pub built_for: String,
    /// The releases of the kernels, in the order of all answers.
    pub kernels: Vec<String>,
    /// What the patch relies on.
    pub things: Vec<Thing>,
}

/// Something that a patch relies on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Thing {
    /// What it is.
    pub kind: Kind,
    /// The object that has it.
    pub object: String,
    /// Its name; of a type with the members that are used.
    pub name: String,
    /// Where the author names it, if the file says so.
    pub place: Option<Place>,
    /// What each kernel has.
    pub answers: Vec<Answer>,
}

/// What a patch relies on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A function that it replaces.
    Function,
    /// A function or variable that it uses.
    Symbol,
    /// A struct, union or enum.
    Type,
    /// An enumerator.
    Constant,
}

/// What a kernel has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// What it means.
    pub outcome: Outcome,
    /// In a few words.
    pub reason: String,
    /// The message's code.
    #[serde(serialize_with = "crate::code::serialize")]
    pub code: Option<Code>,
    /// The whole of it.
    pub message: Option<String>,
    /// Why.
    pub notes: Vec<String>,
    /// What to do next.
    pub help: Option<String>,
}

/// What a kernel's answer means for the patch, the worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The kernel has the same.
    Same,
    /// It has it in another form, which a build for that kernel goes by.
    Adapts,
    /// It has it in a form that the patch's code may not do with: rustc knows, when it is built.
    Unsure,
    /// The patch cannot be built for that kernel, or would do something else there.
    Refused,
}

impl Fit {
    /// The kernels that cannot take the patch.
    pub fn refused(&self) -> Vec<&str> {
        let kernels = self.kernels.iter().enumerate();
        kernels
            .filter(|(index, _)| self.worst(*index) == Outcome::Refused)
            .map(|(_, release)| release.as_str())
            .collect()
    }

    /// What the answers of a kernel, by its place among [`Self::kernels`], come to.
    pub fn worst(&self, kernel: usize) -> Outcome {
        let things = self.things.iter();
        let answers = things.filter_map(|thing| thing.answers.get(kernel));
        let worst = answers.map(|answer| answer.outcome).max();
        worst.unwrap_or(Outcome::Same)
    }
}

impl Answer {
    fn same() -> Self {
        Self {
            outcome: Outcome::Same,
            reason: "ok".to_owned(),
            code: None,
            message: None,
            notes: Vec::new(),
            help: None,
        }
    }

    fn adapts(reason: impl Into<String>) -> Self {
        Self {
            outcome: Outcome::Adapts,
            reason: reason.into(),
            ..Self::same()
        }
    }

    /// As [`refused`](Self::refused), where rustc will know.
    fn unsure(code: Code, reason: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            outcome: Outcome::Unsure,
            ..Self::refused(code, reason, message)
        }
    }

    fn refused(code: Code, reason: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            outcome: Outcome::Refused,
            reason: reason.into(),
            code: Some(code),
            message: Some(message.into()),
            ..Self::same()
        }
    }

    fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// What the link step would say.
    fn diagnosed(reason: impl Into<String>, diagnostic: Diagnostic) -> Self {
        Self {
            outcome: Outcome::Refused,
            reason: reason.into(),
            code: diagnostic.code,
            message: Some(diagnostic.message),
            notes: diagnostic.notes,
            help: diagnostic.help,
        }
    }
}

/// Compares what the kernels have with what the patch was built for, the kernel of `built_for`.
///
/// # Errors
///
/// When a kernel's type information cannot be read.
pub fn fit(info: &Info, built_for: &Profile, kernels: &[Profile]) -> Result<Fit, LayoutError> {
    let base = Side::new(built_for)?;
    let sides: Vec<_> = kernels.iter().map(Side::new).collect::<Result<_, _>>()?;
    let answers = |ask: &dyn Fn(&Side<'_>) -> Answer| sides.iter().map(ask).collect::<Vec<_>>();
    let functions = info.functions.iter().map(|function| Thing {
        kind: Kind::Function,
        object: function.object.clone(),
        name: symbols::name(&function.symbol, function.sympos),
        place: Some(function.place.clone()),
        answers: answers(&|side| symbols::function(function, &base, side)),
    });
    let symbols = info.kernel_symbols.iter().map(|symbol| Thing {
        kind: Kind::Symbol,
        object: symbol.object.clone(),
        name: symbols::name(&symbol.name, symbol.sympos),
        place: None,
        answers: answers(&|side| symbols::used(symbol, &base, side)),
    });
    let types = info.types.iter().flatten().map(|of| Thing {
        kind: types::kind(of),
        object: of.object.clone(),
        name: types::name(of),
        place: of.place.clone(),
        answers: answers(&|side| types::answer(of, &base, side)),
    });
    Ok(Fit {
        format: FORMAT,
        built_for: built_for.release().to_owned(),
        kernels: kernels
            .iter()
            .map(|kernel| kernel.release().to_owned())
            .collect(),
        things: functions.chain(symbols).chain(types).collect(),
    })
}
