// SPDX-License-Identifier: GPL-2.0-only
//! What was added, dropped and changed, kind by kind. Places in the source do not count.

use std::collections::BTreeMap;

use super::super::report::{
    Callback, Code, Function, Import, Object, Parameter, Relocation, Report, Shadow, State,
};
use super::{Change, In};

pub(super) fn functions(old: &Report, new: &Report) -> Vec<Change<In<Function>>> {
    compare(
        old.functions().map(within).collect(),
        new.functions().map(within).collect(),
        |func| (func.object.clone(), position(&func.item)),
        |old, new| {
            let mut differs = code(&old.item.new, &new.item.new);
            differs.extend(unequal("sympos", &old.item.sympos, &new.item.sympos));
            differs
        },
    )
}

pub(super) fn callbacks(old: &Report, new: &Report) -> Vec<Change<In<Callback>>> {
    compare(
        old.callbacks().map(within).collect(),
        new.callbacks().map(within).collect(),
        |In { object, item }| (object.clone(), item.kind as u32, item.function.clone()),
        |old, new| {
            let mut differs = match (&old.item.code, &new.item.code) {
                (Some(old), Some(new)) => code(old, new),
                _ => Vec::new(),
            };
            if old.item.pair != new.item.pair {
                differs.push("its other half".to_owned());
            }
            differs
        },
    )
}

pub(super) fn shadows(old: &Report, new: &Report) -> Option<Vec<Change<Shadow>>> {
    Some(compare(
        old.shadows.clone()?,
        new.shadows.clone()?,
        |shadow| shadow.id,
        |old, new| {
            let fields = [
                unequal("name", &old.name, &new.name),
                unequal("parent", &old.parent_type, &new.parent_type),
                unequal("type", &old.value_type, &new.value_type),
            ];
            fields.into_iter().flatten().collect()
        },
    ))
}

pub(super) fn states(old: &Report, new: &Report) -> Option<Vec<Change<State>>> {
    Some(compare(
        old.states.clone()?,
        new.states.clone()?,
        |state| state.id,
        |old, new| {
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            let fields = [
                unequal("version", &old.version, &new.version),
                unequal("name", &text(&old.name), &text(&new.name)),
                unequal("type", &text(&old.value_type), &text(&new.value_type)),
            ];
            fields.into_iter().flatten().collect()
        },
    ))
}

pub(super) fn parameters(old: &Report, new: &Report) -> Vec<Change<Parameter>> {
    compare(
        old.parameters.clone(),
        new.parameters.clone(),
        |parameter| parameter.name.clone(),
        |old, new| {
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            let mode = |mode: u16| format!("{mode:04o}");
            let fields = [
                unequal("type", &text(&old.type_name), &text(&new.type_name)),
                unequal("mode", &mode(old.mode), &mode(new.mode)),
                unequal("default", &text(&old.default), &text(&new.default)),
            ];
            fields.into_iter().flatten().collect()
        },
    )
}

pub(super) fn imports(old: &Report, new: &Report) -> Vec<Change<Import>> {
    compare(
        old.imports.clone(),
        new.imports.clone(),
        Import::clone,
        |_, _| Vec::new(),
    )
}

pub(super) fn relocations(old: &Report, new: &Report) -> Vec<Change<Relocation>> {
    compare(
        old.relocations.clone(),
        new.relocations.clone(),
        |relocation| Relocation {
            count: 0,
            ..relocation.clone()
        },
        |old, new| {
            unequal("count", &old.count, &new.count)
                .into_iter()
                .collect()
        },
    )
}

/// Which of the object's functions it is: 0 and 1 mean the same where the name is unique.
pub(super) fn position(func: &Function) -> (String, u64) {
    (func.symbol.clone(), func.sympos.max(1))
}

fn within<T: Clone>((object, item): (&Object, &T)) -> In<T> {
    In {
        object: object.name.clone(),
        item: item.clone(),
    }
}

/// What differs between two pieces of code: themselves, and what they reach.
fn code(old: &Code, new: &Code) -> Vec<String> {
    let mut differs: Vec<_> = unequal("new function", &old.name, &new.name)
        .into_iter()
        .collect();
    if old.digest != new.digest {
        differs.push(match old.size == new.size {
            true => "code".to_owned(),
            false => format!("code: {} → {} bytes", old.size, new.size),
        });
    }
    let reached = |code: &Code| -> BTreeMap<String, String> {
        let reached = code.reaches.iter();
        reached
            .map(|reached| (reached.name.clone(), reached.digest.clone()))
            .collect()
    };
    let changes = compare(
        reached(old).into_iter().collect(),
        reached(new).into_iter().collect(),
        |(name, _)| name.clone(),
        |(_, old), (_, new)| {
            if old == new {
                vec![]
            } else {
                vec![String::new()]
            }
        },
    );
    differs.extend(changes.into_iter().map(|change| match change {
        Change::Added { new: (name, _) } => format!("now reaches `{name}`"),
        Change::Dropped { old: (name, _) } => format!("no longer reaches `{name}`"),
        Change::Changed { new: (name, _), .. } => format!("reaches `{name}`, which changed"),
    }));
    differs
}

fn unequal<T: PartialEq + ToString>(what: &str, old: &T, new: &T) -> Option<String> {
    (old != new).then(|| format!("{what}: {} → {}", old.to_string(), new.to_string()))
}

/// All changes, by key; the second of one key in OLD is compared with the second in NEW.
fn compare<T, K: Ord>(
    old: Vec<T>,
    new: Vec<T>,
    key: impl Fn(&T) -> K,
    differs: impl Fn(&T, &T) -> Vec<String>,
) -> Vec<Change<T>> {
    let mut sides: BTreeMap<K, (Vec<T>, Vec<T>)> = BTreeMap::new();
    for item in old {
        sides.entry(key(&item)).or_default().0.push(item);
    }
    for item in new {
        sides.entry(key(&item)).or_default().1.push(item);
    }
    let mut changes = Vec::new();
    for (old, new) in sides.into_values() {
        let (mut old, mut new) = (old.into_iter(), new.into_iter());
        loop {
            changes.push(match (old.next(), new.next()) {
                (None, None) => break,
                (Some(old), None) => Change::Dropped { old },
                (None, Some(new)) => Change::Added { new },
                (Some(old), Some(new)) => match differs(&old, &new) {
                    differs if differs.is_empty() => continue,
                    differs => Change::Changed { old, new, differs },
                },
            });
        }
    }
    changes
}
