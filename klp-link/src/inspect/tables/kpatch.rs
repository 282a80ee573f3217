// SPDX-License-Identifier: GPL-2.0-only
//! kpatch-build's sections, from which its module makes the kernel's tables as it is loaded.

use klp_runtime::contract::CallbackKind;

use super::super::code::Codes;
use super::super::elf::{Elf, Place, within};
use super::super::error::Error;
use super::super::report::Object;
use super::{Entry, LIMIT, callback, function, object_name, object_of};

/// The functions: the new one's address and size, the old one's, its sympos, name and object.
pub(super) const FUNCS: &str = ".kpatch.funcs";
const FUNC_SIZE: u64 = 56;
const FUNC_SYMPOS: u64 = 32;
const FUNC_NAME: u64 = 40;
const FUNC_OBJECT: u64 = 48;

/// Before a kind of callback's name; each entry is a function and an object.
const CALLBACKS: &str = ".kpatch.callbacks.";
const CALLBACK_SIZE: u64 = 16;
const CALLBACK_OBJECT: u64 = 8;

/// What the sections say.
pub(super) fn read(
    elf: &Elf<'_>,
    funcs: usize,
    codes: &mut Codes<'_, '_>,
) -> Result<Vec<Object>, Error> {
    let mut objects = Vec::new();
    for at in entries(elf, funcs, FUNC_SIZE)? {
        let entry = Entry {
            symbol: at.plus(FUNC_NAME),
            new: at,
            sympos: at.plus(FUNC_SYMPOS),
        };
        let function = function(elf, codes, &entry)?;
        let name = object_name(elf, at.plus(FUNC_OBJECT))?;
        object_of(&mut objects, &name).functions.push(function);
    }
    for kind in CallbackKind::ALL {
        let Some(section) = elf.section(&format!("{CALLBACKS}{}", kind.name())) else {
            continue;
        };
        for at in entries(elf, section, CALLBACK_SIZE)? {
            let name = object_name(elf, at.plus(CALLBACK_OBJECT))?;
            let callback = callback(elf, codes, kind, at)?;
            object_of(&mut objects, &name).callbacks.extend(callback);
        }
    }
    Ok(objects)
}

fn entries(elf: &Elf<'_>, section: usize, size: u64) -> Result<Vec<Place>, Error> {
    let bytes = elf.sections[section].data.len() as u64;
    if !bytes.is_multiple_of(size) {
        return Err(Error::table("kpatch-build's tables", "an entry is cut off"));
    }
    within("functions and callbacks", (bytes / size) as usize, LIMIT)?;
    let offsets = (0..bytes / size).map(|index| index * size);
    Ok(offsets.map(|offset| Place { section, offset }).collect())
}
