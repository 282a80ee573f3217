// SPDX-License-Identifier: GPL-2.0-only
//! What `.klp.info` adds to the tables, with which it has to agree.

use std::collections::BTreeSet;

use klp_runtime::contract::VMLINUX;

use super::code::Codes;
use super::elf::{Elf, within};
use super::error::Error;
use super::report::{Callback, FoundBy, Function, Import, Object, Pair, Report, Shadow};
use crate::info::{self, FORMAT, Info, KernelSymbol, SECTION};

/// The longest section, in bytes.
const LIMIT: usize = 4 << 20;
/// The most entries of a kind.
const ENTRIES: usize = 1 << 12;

/// Adds to `report` what the section says, if there is one.
pub(super) fn add(
    report: &mut Report,
    elf: &Elf<'_>,
    codes: &mut Codes<'_, '_>,
) -> Result<(), Error> {
    let Some(info) = read(elf)? else {
        return Ok(());
    };
    agree(report, &info)?;
    report.described = true;
    report.kernel.build_id = build_id(&info, VMLINUX);
    for object in &mut report.objects {
        complete(object, &info, codes)?;
    }
    for state in report.states.iter_mut().flatten() {
        let known = info.states.iter().find(|known| known.id == state.id);
        state.name = known.map(|known| known.name.clone());
        state.value_type = known.map(|known| known.value_type.clone());
        state.place = known.map(|known| known.place.clone());
    }
    add_symbols(&mut report.imports, &info);
    report.shadows = Some(info.shadows.into_iter().map(shadow).collect());
    Ok(())
}

/// The section, if there is one.
pub(super) fn read(elf: &Elf<'_>) -> Result<Option<Info>, Error> {
    let Some(section) = elf.contents(SECTION) else {
        return Ok(None);
    };
    let info = parse(section)?;
    bounded(&info)?;
    Ok(Some(info))
}

/// Reads the section; what another version of klp wrote is said to be that.
fn parse(section: &[u8]) -> Result<Info, Error> {
    #[derive(serde::Deserialize)]
    struct Version {
        format: u32,
    }
    let damaged = |error: serde_json::Error| Error::Info {
        reason: error.to_string(),
    };
    within("bytes in .klp.info", section.len(), LIMIT)?;
    let Version { format } = serde_json::from_slice(section).map_err(damaged)?;
    match format {
        FORMAT => serde_json::from_slice(section).map_err(damaged),
        found => Err(Error::OtherFormat {
            found,
            expected: FORMAT,
        }),
    }
}

fn bounded(info: &Info) -> Result<(), Error> {
    within("objects in .klp.info", info.objects.len(), ENTRIES)?;
    within("functions in .klp.info", info.functions.len(), ENTRIES)?;
    within("callbacks in .klp.info", info.callbacks.len(), ENTRIES)?;
    within("symbols in .klp.info", info.kernel_symbols.len(), ENTRIES)?;
    let types = info.types.as_ref().map_or(0, Vec::len);
    within("types in .klp.info", types, ENTRIES)?;
    within("states in .klp.info", info.states.len(), ENTRIES)
}

/// The section and the tables have the same functions, kinds of callbacks and states.
fn agree(report: &Report, info: &Info) -> Result<(), Error> {
    let functions = report
        .functions()
        .map(|(object, func)| format!("{}:{},{}", object.name, func.symbol, func.sympos));
    let described = info
        .functions
        .iter()
        .map(|func| format!("{}:{},{}", func.object, func.symbol, func.sympos));
    same("functions", functions, described)?;
    let callbacks = report
        .callbacks()
        .map(|(object, callback)| format!("{} of {}", callback.kind.name(), object.name));
    let described = info
        .callbacks
        .iter()
        .map(|callback| format!("{} of {}", callback.kind.name(), callback.object));
    same("callbacks", callbacks, described)?;
    let states = report
        .states
        .iter()
        .flatten()
        .map(|state| state.id.to_string());
    let described = info.states.iter().map(|state| state.id.to_string());
    same("states", states, described)
}

fn same(
    what: &'static str,
    tables: impl Iterator<Item = String>,
    described: impl Iterator<Item = String>,
) -> Result<(), Error> {
    let (tables, described): (BTreeSet<_>, BTreeSet<_>) = (tables.collect(), described.collect());
    let alone: Vec<_> = tables.symmetric_difference(&described).take(5).collect();
    if alone.is_empty() {
        return Ok(());
    }
    let alone: Vec<_> = alone.into_iter().map(String::as_str).collect();
    Err(Error::Disagree {
        what,
        names: alone.join(", "),
    })
}

fn complete(object: &mut Object, info: &Info, codes: &mut Codes<'_, '_>) -> Result<(), Error> {
    object.build_id = build_id(info, &object.name);
    let known = info.objects.iter().find(|known| known.name == object.name);
    object.srcversion = known.and_then(|known| known.srcversion.clone());
    for func in &mut object.functions {
        func.place = place(info, &object.name, func);
    }
    // The tables have one dispatcher of each kind, for all of the author's callbacks.
    let own = info
        .callbacks
        .iter()
        .filter(|own| own.object == object.name);
    object.callbacks = own
        .map(|own| callback(own, codes))
        .collect::<Result<_, _>>()?;
    let callbacks = &mut object.callbacks;
    callbacks.sort_by_key(|callback| callback.kind as u32);
    Ok(())
}

fn build_id(info: &Info, object: &str) -> Option<String> {
    let mut objects = info.objects.iter();
    let known = objects.find(|known| known.name == object)?;
    known.build_id.clone()
}

fn place(info: &Info, object: &str, func: &Function) -> Option<crate::link::Place> {
    let known = info.functions.iter().find(|known| {
        known.object == object && known.symbol == func.symbol && known.sympos == func.sympos
    });
    known.map(|known| known.place.clone())
}

fn callback(own: &info::Callback, codes: &mut Codes<'_, '_>) -> Result<Callback, Error> {
    let code = own.symbol.as_deref().map(|symbol| codes.named(symbol));
    Ok(Callback {
        kind: own.kind,
        function: own.function.clone(),
        pair: pair(own),
        code: code.transpose()?.flatten(),
        place: Some(own.place.clone()),
    })
}

fn pair(own: &info::Callback) -> Pair {
    match (&own.undone_by, &own.reason, own.undoes.as_slice()) {
        (Some(function), _, _) => Pair::UndoneBy {
            function: function.clone(),
        },
        (_, Some(reason), _) => Pair::None {
            reason: reason.clone(),
        },
        (_, _, []) => Pair::Unknown,
        (_, _, functions) => Pair::Undoes {
            functions: functions.to_vec(),
        },
    }
}

/// Adds the symbols that the file's symbol table does not have any more.
fn add_symbols(imports: &mut Vec<Import>, info: &Info) {
    let missing = info
        .kernel_symbols
        .iter()
        .filter(|symbol| !imports.iter().any(|import| is(import, symbol)));
    let missing: Vec<_> = missing.map(by_distance).collect();
    imports.extend(missing);
    imports.sort();
}

/// Whether an import is that symbol; of exported ones the file has the name alone.
fn is(import: &Import, symbol: &KernelSymbol) -> bool {
    let object = import.object.as_ref();
    import.name == symbol.name && object.is_none_or(|object| *object == symbol.object)
}

fn by_distance(symbol: &KernelSymbol) -> Import {
    Import {
        name: symbol.name.clone(),
        by: FoundBy::Distance,
        object: Some(symbol.object.clone()),
        sympos: Some(symbol.sympos),
    }
}

fn shadow(known: info::Shadow) -> Shadow {
    Shadow {
        id: known.id,
        name: known.name,
        parent_type: known.parent_type,
        value_type: known.value_type,
        place: Some(known.place),
    }
}
