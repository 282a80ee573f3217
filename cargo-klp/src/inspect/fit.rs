// SPDX-License-Identifier: GPL-2.0-only
//! What several kernels have of what a patch relies on, as a document.

use std::collections::BTreeSet;
use std::path::Path;

use klp_link::fit::{Fit, Kind, Outcome, Thing};

use crate::document::{Document, Remark, Table, Weight, head};

/// A row for each thing, a column for each kernel; what is refused is said in full below.
pub fn document(patch: &Path, fit: &Fit) -> Document {
    let verdict = |(index, kernel): (usize, &String)| match fit.worst(index) {
        Outcome::Refused => format!("{kernel}: cannot take it"),
        Outcome::Unsure => format!("{kernel}: may take it"),
        Outcome::Same | Outcome::Adapts => format!("{kernel}: can take it"),
    };
    let verdicts: Vec<_> = fit.kernels.iter().enumerate().map(verdict).collect();
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
        remarks: once(things.flat_map(remarks)),
    }
}

/// Of what is said of several things, the first.
fn once(remarks: impl Iterator<Item = Remark>) -> Vec<Remark> {
    let mut said = BTreeSet::new();
    remarks
        .filter(|remark| said.insert(remark.message.clone()))
        .collect()
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
    thing.answers.iter().filter_map(|answer| {
        let place = thing.place.iter().map(|place| format!("named at {place}"));
        Some(Remark {
            weight: match answer.outcome {
                Outcome::Refused => Weight::Error,
                Outcome::Unsure => Weight::Warning,
                Outcome::Same | Outcome::Adapts => return None,
            },
            code: answer.code,
            message: answer.message.clone().unwrap_or_default(),
            notes: place.chain(answer.notes.iter().cloned()).collect(),
            help: answer.help.clone(),
        })
    })
}
