// SPDX-License-Identifier: GPL-2.0-only
//! klp-build's sections (`include/linux/livepatch_external.h`), from which its module makes the
//! kernel's tables as it is loaded.

use super::super::code::Codes;
use super::super::elf::{Elf, Place, within};
use super::super::error::Error;
use super::super::report::Object;
use super::{Entry, LIMIT, callbacks, function, object_name};

/// `struct klp_object_ext`: `name`, `funcs`, `callbacks`, `nr_funcs`.
pub(super) const OBJECTS: &str = ".init.klp_objects";
const OBJECT_FUNCS: u64 = 8;
const OBJECT_CALLBACKS: u64 = 16;
/// Behind four pointers and a flag.
const OBJECT_COUNT: u64 = 56;
const OBJECT_SIZE: u64 = 64;

/// `struct klp_func_ext`: `old_name`, `new_func`, `sympos`.
const FUNC_NEW: u64 = 8;
const FUNC_SYMPOS: u64 = 16;
const FUNC_SIZE: u64 = 24;

/// What the sections say.
pub(super) fn read(
    elf: &Elf<'_>,
    section: usize,
    codes: &mut Codes<'_, '_>,
) -> Result<Vec<Object>, Error> {
    let bytes = elf.sections[section].data.len() as u64;
    if !bytes.is_multiple_of(OBJECT_SIZE) {
        return Err(Error::table("klp-build's tables", "an entry is cut off"));
    }
    let mut objects = Vec::new();
    let mut count = 0;
    for offset in (0..bytes / OBJECT_SIZE).map(|index| index * OBJECT_SIZE) {
        let object = object(elf, codes, Place { section, offset })?;
        count += 1 + object.functions.len();
        within("functions and objects", count, LIMIT)?;
        objects.push(object);
    }
    Ok(objects)
}

fn object(elf: &Elf<'_>, codes: &mut Codes<'_, '_>, at: Place) -> Result<Object, Error> {
    let broken = |reason| Error::table("klp-build's tables", reason);
    let count = elf.array(at.plus(OBJECT_COUNT)).map(u32::from_le_bytes);
    let count = count.ok_or_else(|| broken("an entry is cut off"))?;
    within("functions of an object", count as usize, LIMIT)?;
    let mut object = Object {
        name: object_name(elf, at)?,
        callbacks: callbacks(elf, codes, at.plus(OBJECT_CALLBACKS))?,
        ..Object::default()
    };
    let funcs = elf.pointer(at.plus(OBJECT_FUNCS));
    for index in 0..u64::from(count) {
        let funcs = funcs.ok_or_else(|| broken("an object's functions are missing"))?;
        let at = funcs.plus(index * FUNC_SIZE);
        let entry = Entry {
            symbol: at,
            new: at.plus(FUNC_NEW),
            sympos: at.plus(FUNC_SYMPOS),
        };
        object.functions.push(function(elf, codes, &entry)?);
    }
    Ok(object)
}
