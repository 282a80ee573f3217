// SPDX-License-Identifier: GPL-2.0-only
//! Link-time constants: offsets of kernel struct members, values of kernel enumerators, sizes of
//! kernel structs, asked for or relied on, and the bit of a thread's flag.
//!
//! The code takes the address of a symbol such as `.klp.field.klp_object.mod`; its value is put
//! into the instruction here, from the target kernel's profile, so the module carries no relocation.

use klp_runtime::contract::VMLINUX;
use klp_runtime::contract::symbol::{ENUMERATOR, FIELD, SIZE, SIZEOF, THREAD_FLAG};
use object::build::elf::{Relocation, SectionId, SymbolId};
use object::elf;

use crate::info::{Type, TypeKind};
use crate::profile::Profile;

use super::diagnostic::Diagnostic;
use super::image::Image;
use super::layout::Layouts;
use super::messages;
use super::users::Users;

/// Replaces all uses of link-time constants by their values.
pub(crate) fn fill(
    image: &mut Image<'_>,
    users: &Users,
    layouts: &Layouts,
    profile: &Profile,
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for symbol in image.undefined_symbols() {
        let name = image.name(symbol).into_owned();
        let Some(value) = value(&name, layouts, profile) else {
            continue;
        };
        let replaced = value.and_then(|value| replace(image, symbol, value));
        if let Err(error) = replaced
            && let Some(user) = users.get(symbol)
        {
            let error = error.at(user.place.clone());
            found.push(error.note(format!("used by `{}`", user.function)));
        }
        image.elf.symbols.get_mut(symbol).delete = true;
    }
    found
}

/// The value of a constant; none for other symbols.
fn value(name: &str, layouts: &Layouts, profile: &Profile) -> Option<Result<i64, Diagnostic>> {
    if let Some(path) = name.strip_prefix(FIELD) {
        let odd = || messages::odd_constant(name);
        let path = path.split_once('.').ok_or_else(odd);
        return Some(path.and_then(|(structure, member)| layouts.field_number(structure, member)));
    }
    if let Some(expected) = name.strip_prefix(SIZE) {
        let (structure, bytes) = expected.split_once('.')?;
        return Some(checked_size(structure, bytes, layouts));
    }
    if let Some(structure) = name.strip_prefix(SIZEOF) {
        return Some(layouts.size_number(structure));
    }
    if let Some(flag) = name.strip_prefix(THREAD_FLAG) {
        return Some(thread_flag(flag, profile));
    }
    name.strip_prefix(ENUMERATOR)
        .map(|name| layouts.enumerator(name))
}

/// The type that a constant is of, for [`crate::info`]; none for other symbols.
pub(super) fn type_of(name: &str) -> Option<Type> {
    let of = |kind, name: &str, members: &[&str], size| Type {
        kind,
        object: VMLINUX.to_owned(),
        name: name.to_owned(),
        members: members.iter().map(|&member| member.to_owned()).collect(),
        size,
        place: None,
    };
    if let Some(path) = name.strip_prefix(FIELD) {
        let (structure, member) = path.split_once('.')?;
        return Some(of(TypeKind::Record, structure, &[member], None));
    }
    if let Some(expected) = name.strip_prefix(SIZE) {
        let (structure, bytes) = expected.split_once('.')?;
        return Some(of(TypeKind::Record, structure, &[], bytes.parse().ok()));
    }
    if let Some(structure) = name.strip_prefix(SIZEOF) {
        return Some(of(TypeKind::Record, structure, &[], None));
    }
    let enumerator = name.strip_prefix(ENUMERATOR)?;
    Some(of(TypeKind::Constant, enumerator, &[], None))
}

/// The one flag whose number the kernel's code shows.
const PATCH_PENDING: &str = "TIF_PATCH_PENDING";

fn thread_flag(flag: &str, profile: &Profile) -> Result<i64, Diagnostic> {
    if flag != PATCH_PENDING {
        return Err(messages::unknown_flag(flag, PATCH_PENDING));
    }
    let bit = profile.patch_pending().map(i64::from);
    bit.ok_or_else(|| messages::no_patch_pending(profile))
}

fn checked_size(structure: &str, bytes: &str, layouts: &Layouts) -> Result<i64, Diagnostic> {
    let size = layouts.size(structure)?;
    if bytes.parse() == Ok(size) {
        Ok(size as i64)
    } else {
        Err(messages::other_size(structure, bytes, size))
    }
}

fn replace(image: &mut Image<'_>, symbol: SymbolId, value: i64) -> Result<(), Diagnostic> {
    for section in image.loaded_sections() {
        let uses = image.take_relocations(section, |relocation| relocation.symbol == Some(symbol));
        for relocation in uses {
            write(image, section, &relocation, value)?;
        }
    }
    Ok(())
}

fn write(
    image: &mut Image<'_>,
    section: SectionId,
    relocation: &Relocation,
    value: i64,
) -> Result<(), Diagnostic> {
    let value = value.wrapping_add(relocation.r_addend);
    let bytes = value.to_le_bytes();
    let fits = match relocation.r_type {
        elf::R_X86_64_64 => Some(8),
        elf::R_X86_64_32S if i32::try_from(value).is_ok() => Some(4),
        elf::R_X86_64_32 if u32::try_from(value).is_ok() => Some(4),
        _ => None,
    };
    let place = fits.and_then(|len| {
        let start = relocation.r_offset as usize;
        let place = image.bytes_mut(section)?.get_mut(start..)?.get_mut(..len)?;
        place.copy_from_slice(bytes.get(..len)?);
        Some(())
    });
    place.ok_or_else(|| messages::unusable_constant(relocation.r_type))
}
