// SPDX-License-Identifier: GPL-2.0-only
//! A comparison of two patches as a document.

use klp_link::inspect::{Change, Diff, Finding, How, Severity};

use super::report::core;
use crate::document::{Document, Remark, Table, Weight, head};

/// The columns of every table.
const HEAD: &[&str] = &["CHANGE", "WHAT", "DIFFERS"];

/// What changes, and what speaks against it.
pub fn document(diff: &Diff) -> Document {
    let functions = rows(diff.how, &diff.functions, |func| {
        format!("{} of {}", func.item.symbol, func.object)
    });
    let callbacks = rows(diff.how, &diff.callbacks, |callback| {
        let (kind, function) = (callback.item.kind.name(), &callback.item.function);
        format!("{function}, {kind} of {}", callback.object)
    });
    let shadows = rows(
        diff.how,
        diff.shadows.as_deref().unwrap_or_default(),
        |shadow| format!("{} (id {:#x})", shadow.name, shadow.id),
    );
    let states = rows(
        diff.how,
        diff.states.as_deref().unwrap_or_default(),
        |state| {
            let name = state.name.as_deref().unwrap_or("state");
            format!("{name} (id {}), version {}", state.id, state.version)
        },
    );
    let parameters = rows(diff.how, &diff.parameters, |parameter| {
        parameter.name.clone()
    });
    let imports = rows(diff.how, &diff.imports, |import| match &import.object {
        Some(object) => format!("{} of {object}", import.name),
        None => import.name.clone(),
    });
    let relocations = rows(diff.how, &diff.relocations, |relocation| {
        format!(
            "{} of {} in {}",
            relocation.symbol, relocation.object, relocation.section
        )
    });
    let unknown = |known: bool| if known { "" } else { "a file does not say" };
    let tables = [
        ("Functions", functions, ""),
        ("Callbacks", callbacks, ""),
        ("Shadow variables", shadows, unknown(diff.shadows.is_some())),
        ("States", states, unknown(diff.states.is_some())),
        ("Parameters", parameters, ""),
        ("Imports", imports, ""),
        ("Relocations by livepatch", relocations, ""),
    ];
    let tables = tables.into_iter().map(|(title, rows, empty)| Table {
        title,
        head: head(HEAD),
        rows,
        empty,
    });
    Document {
        title: format!("{} after {}", diff.new.name, diff.old.name),
        facts: facts(diff),
        tables: tables
            .filter(|table| !table.rows.is_empty() || !table.empty.is_empty())
            .collect(),
        remarks: diff.findings.iter().map(remark).collect(),
    }
}

fn facts(diff: &Diff) -> Vec<(&'static str, String)> {
    let how = match diff.how {
        How::Replaces => "replaces it; its callbacks are not run",
        How::Stacks => "is stacked on it, both stay",
        How::Unknown => "decides as it is loaded whether it replaces it",
    };
    let both = |old: &str, new: &str| match old == new {
        true => new.to_owned(),
        false => format!("{old} → {new}"),
    };
    let version = |version: &Option<String>| version.clone().unwrap_or("none".into());
    let mut facts = vec![
        ("the new patch", how.to_owned()),
        (
            "version",
            both(&version(&diff.old.version), &version(&diff.new.version)),
        ),
        ("kernel", both(&diff.old.kernel, &diff.new.kernel)),
        ("core", both(core(diff.old.core), core(diff.new.core))),
    ];
    if nothing_differs(diff) {
        facts.push(("changes", "none".to_owned()));
    }
    facts
}

fn nothing_differs(diff: &Diff) -> bool {
    diff.functions.is_empty()
        && diff.callbacks.is_empty()
        && diff.shadows.as_ref().is_none_or(Vec::is_empty)
        && diff.states.as_ref().is_none_or(Vec::is_empty)
        && diff.parameters.is_empty()
        && diff.imports.is_empty()
        && diff.relocations.is_empty()
}

fn rows<T>(how: How, changes: &[Change<T>], what: impl Fn(&T) -> String) -> Vec<Vec<String>> {
    // Below a patch that stacks, nothing goes.
    let old_alone = if how == How::Stacks {
        "in the old one only"
    } else {
        "dropped"
    };
    let row = |change: &Change<T>| match change {
        Change::Added { new } => vec!["added".to_owned(), what(new), String::new()],
        Change::Dropped { old } => vec![old_alone.to_owned(), what(old), String::new()],
        Change::Changed { new, differs, .. } => {
            vec!["changed".to_owned(), what(new), differs.join("; ")]
        }
    };
    changes.iter().map(row).collect()
}

fn remark(finding: &Finding) -> Remark {
    Remark {
        weight: match finding.severity {
            Severity::Refusal => Weight::Error,
            Severity::Warning => Weight::Warning,
            Severity::Note => Weight::Note,
        },
        code: None,
        message: finding.message.clone(),
        notes: finding.notes.clone(),
        help: finding.help.clone(),
    }
}
