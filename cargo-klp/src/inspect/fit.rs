// SPDX-License-Identifier: GPL-2.0-only
//! What several kernels have of what a patch relies on, as a document.

use std::path::Path;

use klp_link::fit::{Answer, Fit, Kind, Outcome, Thing};

use crate::document::{Document, Remark, Table, Weight, head};

/// A row for each thing, a column for each kernel; what is refused is said in full below.
pub fn document(patch: &Path, fit: &Fit) -> Document {
    let refused = fit.refused();
    let verdict = |kernel: &String| match refused.contains(&kernel.as_str()) {
        true => format!("{kernel}: cannot take it"),
        false => format!("{kernel}: can take it"),
    };
    let verdicts: Vec<_> = fit.kernels.iter().map(verdict).collect();
    let name = patch.file_name().unwrap_or_default().to_string_lossy();
    let things = fit.things.iter();
    Document {
        title: format!("{name} on other kernels"),
        facts: vec![
            (
                "built for",
                format!(
                    "{}; what `linux_at_least` chooses for others is not looked at",
                    fit.built_for
                ),
            ),
            ("kernels", verdicts.join(", ")),
        ],
        tables: vec![Table {
            title: "What it relies on",
            head: head_of(fit),
            rows: things.clone().map(row).collect(),
            empty: "nothing",
        }],
        remarks: things.flat_map(remarks).collect(),
    }
}

fn head_of(fit: &Fit) -> Vec<String> {
    let mut names = head(&["KIND", "OBJECT", "NAME"]);
    names.extend(fit.kernels.iter().cloned());
    names
}

fn row(thing: &Thing) -> Vec<String> {
    let kind = match thing.kind {
        Kind::Function => "function",
        Kind::Symbol => "symbol",
        Kind::Type => "type",
        Kind::Constant => "constant",
    };
    let mut cells = vec![kind.to_owned(), thing.object.clone(), thing.name.clone()];
    cells.extend(thing.answers.iter().map(|answer| answer.reason.clone()));
    cells
}

fn remarks(thing: &Thing) -> impl Iterator<Item = Remark> {
    let refused = |answer: &&Answer| answer.outcome == Outcome::Refused;
    thing.answers.iter().filter(refused).map(|answer| {
        let place = thing.place.iter().map(|place| format!("named at {place}"));
        Remark {
            weight: Weight::Error,
            message: answer.message.clone().unwrap_or_default(),
            notes: place.chain(answer.notes.iter().cloned()).collect(),
            help: answer.help.clone(),
        }
    })
}
