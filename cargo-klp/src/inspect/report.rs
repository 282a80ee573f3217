// SPDX-License-Identifier: GPL-2.0-only
//! A patch as a document.

use klp_link::inspect::{Callback, FoundBy, Object, Pair, Report, Tables};
use klp_link::link::{Core, Place};

use crate::document::{Document, Table, head};

const NONE: &str = "none";
const UNKNOWN: &str = "the file does not say";

/// What the patch does.
pub fn document(report: &Report) -> Document {
    let mut tables = vec![functions(report), callbacks(report), objects(report)];
    tables.extend([shadows(report), states(report), parameters(report)]);
    tables.extend([imports(report), relocations(report)]);
    tables.extend(stubs(report));
    Document {
        title: format!(
            "{}: a live patch for Linux {}",
            report.name, report.kernel.release
        ),
        facts: facts(report),
        tables,
        remarks: Vec::new(),
    }
}

fn facts(report: &Report) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        ("description", report.description.clone()),
        ("version", report.version.clone()),
        ("author", join(&report.authors)),
        ("licence", report.license.clone()),
        ("core", Some(core(report.core).to_owned())),
        (
            "replaces older patches",
            Some(replaces(report.replace).to_owned()),
        ),
        ("depends on", join(&report.depends)),
        ("vermagic", Some(report.kernel.vermagic.clone())),
        ("kernel's build-id", report.kernel.build_id.clone()),
        ("build-id", report.build_id.clone()),
        ("memory", Some(format!("{} bytes", report.memory))),
        ("signed", report.signed.then(|| "yes".to_owned())),
        ("made by", made_by(report).map(str::to_owned)),
    ];
    if let Some(header) = &report.header {
        facts.push(("klp's interface", Some(format!("version {}", header.abi))));
        let build_id = header.kernel_build_id.clone();
        facts.push(("loads into build-id", Some(build_id)));
    }
    let known = facts.into_iter();
    known
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
}

fn join(texts: &[String]) -> Option<String> {
    (!texts.is_empty()).then(|| texts.join(", "))
}

/// The core in words.
pub(super) fn core(core: Core) -> &'static str {
    match core {
        Core::Builtin => "builtin",
        Core::Klp => "klp",
    }
}

fn replaces(replace: Option<bool>) -> &'static str {
    match replace {
        Some(true) => "yes",
        Some(false) => "no",
        None => "decided as it is loaded",
    }
}

fn made_by(report: &Report) -> Option<&'static str> {
    match (report.described, report.tables) {
        (true, _) => None,
        (false, Tables::Kernel) => {
            Some("another tool than klp: pairs of callbacks and places are not known")
        }
        (false, Tables::Kpatch) => Some("kpatch-build"),
        (false, Tables::KlpBuild) => Some("klp-build"),
    }
}

fn functions(report: &Report) -> Table {
    let rows = report.functions().map(|(object, func)| {
        vec![
            object.name.clone(),
            func.symbol.clone(),
            func.sympos.to_string(),
            func.new.name.clone(),
            func.new.size.to_string(),
            place(func.place.as_ref()),
        ]
    });
    Table {
        title: "Functions",
        head: head(&[
            "OBJECT",
            "OLD FUNCTION",
            "SYMPOS",
            "NEW FUNCTION",
            "BYTES",
            "SOURCE",
        ]),
        rows: rows.collect(),
        empty: NONE,
    }
}

fn callbacks(report: &Report) -> Table {
    let row = |(object, callback): (&Object, &Callback)| {
        vec![
            object.name.clone(),
            callback.kind.name().to_owned(),
            callback.function.clone(),
            pair(&callback.pair),
            place(callback.place.as_ref()),
        ]
    };
    Table {
        title: "Callbacks",
        head: head(&["OBJECT", "KIND", "FUNCTION", "OTHER HALF", "SOURCE"]),
        rows: report.callbacks().map(row).collect(),
        empty: NONE,
    }
}

/// The other half of a callback in words.
pub(super) fn pair(pair: &Pair) -> String {
    match pair {
        Pair::UndoneBy { function } => format!("undone by {function}"),
        Pair::Undoes { functions } => format!("undoes {}", functions.join(", ")),
        Pair::None { reason } => format!("none: {reason}"),
        Pair::Unknown => "not known".to_owned(),
    }
}

/// What the patch was linked for, beside the kernel itself.
fn objects(report: &Report) -> Table {
    let modules = report
        .objects
        .iter()
        .filter(|object| object.name != "vmlinux");
    let rows = modules.map(|object| {
        vec![
            object.name.clone(),
            text(object.build_id.as_ref()),
            text(object.srcversion.as_ref()),
        ]
    });
    Table {
        title: "Modules that are patched",
        head: head(&["MODULE", "BUILD-ID", "SRCVERSION"]),
        rows: rows.collect(),
        empty: NONE,
    }
}

fn shadows(report: &Report) -> Table {
    let rows = report.shadows.iter().flatten().map(|shadow| {
        vec![
            format!("{:#x}", shadow.id),
            shadow.name.clone(),
            shadow.parent_type.clone(),
            shadow.value_type.clone(),
            place(shadow.place.as_ref()),
        ]
    });
    Table {
        title: "Shadow variables",
        head: head(&["ID", "NAME", "OF", "TYPE", "SOURCE"]),
        rows: rows.collect(),
        empty: none_or_unknown(report.shadows.is_some()),
    }
}

fn states(report: &Report) -> Table {
    let rows = report.states.iter().flatten().map(|state| {
        vec![
            state.id.to_string(),
            state.version.to_string(),
            text(state.name.as_ref()),
            text(state.value_type.as_ref()),
            place(state.place.as_ref()),
        ]
    });
    Table {
        title: "States",
        head: head(&["ID", "VERSION", "NAME", "REMEMBERS", "SOURCE"]),
        rows: rows.collect(),
        empty: none_or_unknown(report.states.is_some()),
    }
}

fn parameters(report: &Report) -> Table {
    let rows = report.parameters.iter().map(|parameter| {
        vec![
            parameter.name.clone(),
            text(parameter.type_name.as_ref()),
            format!("{:04o}", parameter.mode),
            text(parameter.default.as_ref()),
            text(parameter.description.as_ref()),
        ]
    });
    Table {
        title: "Parameters",
        head: head(&["NAME", "TYPE", "MODE", "DEFAULT", "DESCRIPTION"]),
        rows: rows.collect(),
        empty: NONE,
    }
}

fn imports(report: &Report) -> Table {
    let rows = report.imports.iter().map(|import| {
        let sympos = import.sympos.map(|sympos| sympos.to_string());
        vec![
            import.name.clone(),
            import.object.clone().unwrap_or_default(),
            match import.by {
                FoundBy::Export => "export",
                FoundBy::Livepatch => "livepatch",
                FoundBy::Distance => "distance",
            }
            .to_owned(),
            sympos.unwrap_or_default(),
        ]
    });
    Table {
        title: "Imports",
        head: head(&["SYMBOL", "OBJECT", "FOUND BY", "SYMPOS"]),
        rows: rows.collect(),
        empty: NONE,
    }
}

fn relocations(report: &Report) -> Table {
    let rows = report.relocations.iter().map(|relocation| {
        vec![
            relocation.object.clone(),
            relocation.section.clone(),
            relocation.symbol.clone(),
            relocation.count.to_string(),
        ]
    });
    Table {
        title: "Relocations by livepatch",
        head: head(&["OBJECT", "SECTION", "SYMBOL", "COUNT"]),
        rows: rows.collect(),
        empty: NONE,
    }
}

fn stubs(report: &Report) -> Option<Table> {
    let rows = report.header.as_ref()?.stubs.iter();
    let rows = rows.map(|stub| vec![stub.name.clone(), stub.size.to_string()]);
    Some(Table {
        title: "Stubs",
        head: head(&["NAME", "BYTES"]),
        rows: rows.collect(),
        empty: NONE,
    })
}

fn none_or_unknown(known: bool) -> &'static str {
    if known { NONE } else { UNKNOWN }
}

/// `-` for what the file does not say.
fn text(text: Option<&String>) -> String {
    text.map_or("-", String::as_str).to_owned()
}

fn place(place: Option<&Place>) -> String {
    place.map_or("-".to_owned(), |place| {
        format!("{}:{}", place.file, place.line)
    })
}
