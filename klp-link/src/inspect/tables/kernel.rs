// SPDX-License-Identifier: GPL-2.0-only
//! The kernel's `struct klp_patch` and what it leads to (`include/linux/livepatch.h`).
//!
//! The members that a patch fills come first in each structure, and have been the same since Linux
//! 5.5; the kernel's own, behind them, differ.

use super::super::code::Codes;
use super::super::elf::{Elf, Place, within};
use super::super::error::Error;
use super::super::report::{Object, State, Tables};
use super::array::{Form, elements};
use super::{Entry, LIMIT, Read, callbacks, function, object_name};

/// The symbol of the module itself, which `klp_patch::mod` points to.
const THIS_MODULE: &str = "__this_module";

/// `klp_patch`: `mod`, `objs`, `states`, `replace`.
const PATCH_OBJECTS: u64 = 8;
const PATCH_STATES: u64 = 16;
const PATCH_REPLACE: u64 = 24;
/// `klp_object`: `name`, `funcs`, `callbacks`.
const OBJECT_FUNCS: u64 = 8;
const OBJECT_CALLBACKS: u64 = 16;
/// `klp_func`: `old_name`, `new_func`, `old_sympos`.
const FUNC_NEW: u64 = 8;
const FUNC_SYMPOS: u64 = 16;
/// `klp_state`: `id`, `version`, `data`.
const STATE_VERSION: u64 = 8;
const STATE_SIZE: u64 = 24;

const OBJECTS: Form = Form {
    table: "the table of objects",
    least: OBJECT_CALLBACKS + 4 * 8,
    pointer_at: OBJECT_FUNCS,
    points: |elf, section| elf.is_writable(section),
};

const FUNCS: Form = Form {
    table: "the table of functions",
    least: FUNC_SYMPOS + 8,
    pointer_at: FUNC_NEW,
    points: |elf, section| elf.is_code(section),
};

/// Reads the patch; `None` for a file without such tables.
pub(super) fn read(elf: &Elf<'_>, codes: &mut Codes<'_, '_>) -> Result<Option<Read>, Error> {
    let Some((patch, objects_at)) = find(elf)? else {
        return Ok(None);
    };
    let mut objects = Vec::new();
    let mut count = 0;
    for at in elements(elf, objects_at, &OBJECTS)? {
        let object = object(elf, codes, at)?;
        count += 1 + object.functions.len();
        within("functions and objects", count, LIMIT)?;
        objects.push(object);
    }
    let replace = elf.array::<1>(patch.plus(PATCH_REPLACE));
    let replace = replace.ok_or_else(|| Error::table("the patch", "it is cut off"))?;
    let states = match elf.pointer(patch.plus(PATCH_STATES)) {
        Some(at) => states(elf, at)?,
        None => Vec::new(),
    };
    Ok(Some(Read {
        kind: Tables::Kernel,
        patch: Some(patch),
        replace: Some(replace != [0]),
        states: Some(states),
        objects,
    }))
}

/// The one `struct klp_patch`, and its table of objects: a pointer to the module, behind it one to
/// where an object would point to its functions.
fn find(elf: &Elf<'_>) -> Result<Option<(Place, Place)>, Error> {
    let mut found = None;
    for (section, _) in elf
        .sections
        .iter()
        .enumerate()
        .filter(|(at, _)| elf.is_writable(*at))
    {
        for relocation in &elf.sections[section].relocations {
            let symbol = elf.symbols.get(relocation.symbol);
            if symbol.is_none_or(|symbol| symbol.name != THIS_MODULE) {
                continue;
            }
            let patch = Place {
                section,
                offset: relocation.offset,
            };
            let Some(objects) = objects_of(elf, patch) else {
                continue;
            };
            if found.replace((patch, objects)).is_some() {
                let reason = "there are several; a module has one";
                return Err(Error::table("the patch", reason));
            }
        }
    }
    Ok(found)
}

fn objects_of(elf: &Elf<'_>, patch: Place) -> Option<Place> {
    let objects = elf.pointer(patch.plus(PATCH_OBJECTS))?;
    let funcs = elf.pointer(objects.plus(OBJECT_FUNCS))?;
    let writable = [objects, funcs].map(|place| elf.is_writable(place.section));
    (writable == [true, true]).then_some(objects)
}

fn object(elf: &Elf<'_>, codes: &mut Codes<'_, '_>, at: Place) -> Result<Object, Error> {
    let funcs = elf.pointer(at.plus(OBJECT_FUNCS));
    let funcs =
        funcs.ok_or_else(|| Error::table("the table of objects", "one has no functions"))?;
    let entries = elements(elf, funcs, &FUNCS)?;
    within("functions of an object", entries.len(), LIMIT)?;
    let functions = entries.into_iter().map(|at| {
        let entry = Entry {
            symbol: at,
            new: at.plus(FUNC_NEW),
            sympos: at.plus(FUNC_SYMPOS),
        };
        function(elf, codes, &entry)
    });
    Ok(Object {
        functions: functions.collect::<Result<_, _>>()?,
        name: object_name(elf, at)?,
        callbacks: callbacks(elf, codes, at.plus(OBJECT_CALLBACKS))?,
        ..Object::default()
    })
}

fn states(elf: &Elf<'_>, start: Place) -> Result<Vec<State>, Error> {
    let mut states = Vec::new();
    let broken = || Error::table("the table of states", "no element of zeros ends it");
    for index in 0.. {
        let at = start.plus(index * STATE_SIZE);
        let id = elf.u64(at).ok_or_else(broken)?;
        if id == 0 {
            break;
        }
        let version = elf.array(at.plus(STATE_VERSION)).ok_or_else(broken)?;
        states.push(State {
            id,
            version: u32::from_le_bytes(version),
            name: None,
            value_type: None,
            place: None,
        });
        within("states", states.len(), LIMIT)?;
    }
    Ok(states)
}
