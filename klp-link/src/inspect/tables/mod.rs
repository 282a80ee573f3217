// SPDX-License-Identifier: GPL-2.0-only
//! What a patch patches: the kernel's tables, or what other tools' modules make them of.
//!
//! | file | tables of |
//! |---|---|
//! | `kernel.rs` | klp, and patches written in C: the kernel's own `struct klp_patch` |
//! | `kpatch.rs` | kpatch-build |
//! | `klp_build.rs` | klp-build |

mod array;
mod kernel;
mod klp_build;
mod kpatch;

use klp_runtime::contract::{CallbackKind, VMLINUX};

use super::code::Codes;
use super::elf::{Elf, Place};
use super::error::Error;
use super::report::{Callback, Function, Object, Pair, State, Tables};

/// The most functions of a patch.
const LIMIT: usize = 1 << 12;

/// What the tables say.
pub(super) struct Read {
    pub(super) kind: Tables,
    /// Where the `struct klp_patch` is.
    pub(super) patch: Option<Place>,
    pub(super) replace: Option<bool>,
    pub(super) states: Option<Vec<State>>,
    pub(super) objects: Vec<Object>,
}

/// Reads whichever tables the file has.
pub(super) fn read(elf: &Elf<'_>, codes: &mut Codes<'_, '_>) -> Result<Read, Error> {
    if let Some(read) = kernel::read(elf, codes)? {
        return Ok(read);
    }
    let (kind, objects) = if let Some(section) = elf.section(kpatch::FUNCS) {
        (Tables::Kpatch, kpatch::read(elf, section, codes)?)
    } else if let Some(section) = elf.section(klp_build::OBJECTS) {
        (Tables::KlpBuild, klp_build::read(elf, section, codes)?)
    } else {
        let reason = "the file has neither a `struct klp_patch` nor the sections of kpatch-build \
                      or klp-build";
        return Err(Error::table("what it patches", reason));
    };
    Ok(Read {
        kind,
        patch: None,
        replace: None,
        states: None,
        objects,
    })
}

/// Where the parts of a function's entry are.
struct Entry {
    symbol: Place,
    new: Place,
    sympos: Place,
}

fn function(elf: &Elf<'_>, codes: &mut Codes<'_, '_>, entry: &Entry) -> Result<Function, Error> {
    let broken = |reason| Error::table("the table of functions", reason);
    let symbol = elf.string(entry.symbol).filter(|name| !name.is_empty());
    let symbol = symbol.ok_or_else(|| broken("an entry has no name of an old function"))?;
    let new = elf.pointer(entry.new).map(|new| codes.at(new));
    let new = new.transpose()?.flatten();
    let new = new.ok_or_else(|| broken("an entry has no new function"))?;
    let sympos = elf.u64(entry.sympos);
    Ok(Function {
        symbol: symbol.to_owned(),
        sympos: sympos.ok_or_else(|| broken("an entry lies outside of its section"))?,
        new,
        place: None,
    })
}

/// The object's name: null stands for the kernel itself.
fn object_name(elf: &Elf<'_>, at: Place) -> Result<String, Error> {
    if elf.relocation(at).is_none() {
        return Ok(VMLINUX.to_owned());
    }
    let name = elf.string(at).filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| Error::table("the table of objects", "a name is no text"))?;
    Ok(name.to_owned())
}

/// The callback that the pointer at `at` leads to, if it is not null.
fn callback(
    elf: &Elf<'_>,
    codes: &mut Codes<'_, '_>,
    kind: CallbackKind,
    at: Place,
) -> Result<Option<Callback>, Error> {
    if elf.relocation(at).is_none() {
        return Ok(None);
    }
    let code = elf.pointer(at).map(|place| codes.at(place));
    let code = code.transpose()?.flatten();
    let code = code.ok_or_else(|| {
        let reason = format!("{} does not lead to a function", kind.name());
        Error::table("the table of callbacks", reason)
    })?;
    Ok(Some(Callback {
        kind,
        function: code.name.clone(),
        pair: Pair::Unknown,
        code: Some(code),
        place: None,
    }))
}

/// The four pointers of a `struct klp_callbacks`.
fn callbacks(elf: &Elf<'_>, codes: &mut Codes<'_, '_>, at: Place) -> Result<Vec<Callback>, Error> {
    let mut callbacks = Vec::new();
    for (index, kind) in CallbackKind::ALL.into_iter().enumerate() {
        callbacks.extend(callback(elf, codes, kind, at.plus(8 * index as u64))?);
    }
    Ok(callbacks)
}

/// The object of that name, added when it is not there yet.
fn object_of<'o>(objects: &'o mut Vec<Object>, name: &str) -> &'o mut Object {
    let index = objects.iter().position(|object| object.name == name);
    let index = index.unwrap_or_else(|| {
        objects.push(Object {
            name: name.to_owned(),
            ..Object::default()
        });
        objects.len() - 1
    });
    &mut objects[index]
}
