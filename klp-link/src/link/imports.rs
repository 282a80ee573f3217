// SPDX-License-Identifier: GPL-2.0-only
//! Decides for each undefined symbol who will define it: the loader, livepatch, or nobody.

use std::collections::BTreeMap;

use klp_runtime::contract::{VMLINUX, symbol as names};
use object::build::Id;
use object::build::elf::SymbolId;
use object::elf;

use crate::profile::{Export, Profile};

use super::diagnostic::{Diagnostic, Place};
use super::image::{Image, Target};
use super::messages;
use super::patch::Patch;
use super::resolve::{self, Wanted};
use super::source::Source;

/// Who asks for a symbol: the function and the line, for messages.
#[derive(Clone, Debug)]
pub(crate) struct User {
    /// The function, demangled.
    pub(crate) function: String,
    /// The line.
    pub(crate) place: Option<Place>,
}

/// Turns the kernel symbols among the undefined ones into what the module loader understands.
///
/// Symbols that the kernel exports become ordinary imports, the others livepatch symbols
/// (`.klp.sym.…` with `SHN_LIVEPATCH`). Whatever is neither is reported, with who asks for it.
pub(crate) fn resolve(
    image: &mut Image<'_>,
    patch: &Patch,
    profile: &Profile,
    source: &Source<'_>,
) -> Vec<Diagnostic> {
    let users = users(image, patch, source);
    let gpl = messages::GPL_COMPATIBLE.contains(&patch.license.as_str());
    let mut found = Vec::new();
    for id in image.undefined_symbols() {
        let Some(user) = users.get(&id.index()) else {
            continue;
        };
        if image.name(id) == names::PATCH {
            continue;
        }
        if let Err(error) = one(image, id, profile, gpl) {
            let place = error.place.clone().or_else(|| user.place.clone());
            found.push(error.at(place).note(format!("used by `{}`", user.function)));
        }
    }
    found
}

fn one(
    image: &mut Image<'_>,
    id: SymbolId,
    profile: &Profile,
    gpl: bool,
) -> Result<(), Diagnostic> {
    let name = image.name(id).into_owned();
    match name.strip_prefix(names::KERNEL) {
        Some(rest) => {
            let wanted = parse(rest).ok_or_else(|| messages::odd_kernel_symbol(&name))?;
            kernel_symbol(image, id, wanted, profile, gpl)
        }
        None => exported(profile, &name, gpl).map(drop),
    }
}

/// `OBJECT.NAME,SYMPOS`.
fn parse(rest: &str) -> Option<Wanted<'_>> {
    let (object, rest) = rest.split_once('.')?;
    let (symbol, sympos) = rest.rsplit_once(',')?;
    Some(Wanted {
        object,
        symbol,
        sympos: sympos.parse().ok()?,
    })
}

fn kernel_symbol(
    image: &mut Image<'_>,
    id: SymbolId,
    wanted: Wanted<'_>,
    profile: &Profile,
    gpl: bool,
) -> Result<(), Diagnostic> {
    let symbol = resolve::symbol(profile, wanted)?;
    if symbol.init {
        return Err(messages::init_function(wanted));
    }
    let unique = wanted.object == VMLINUX && wanted.sympos == 0;
    if unique
        && profile
            .export(wanted.symbol)
            .is_some_and(|e| e.provider == VMLINUX)
    {
        exported(profile, wanted.symbol, gpl)?;
        image.rename(id, wanted.symbol);
    } else {
        image.elf.symbols.get_mut(id).st_shndx = SHN_LIVEPATCH;
    }
    Ok(())
}

/// Marks a symbol that livepatch resolves (`include/uapi/linux/elf.h`).
const SHN_LIVEPATCH: elf::SymbolSection = elf::SymbolSection(0xff20);

/// Whether livepatch resolves this symbol.
pub(crate) fn is_livepatch(image: &Image<'_>, symbol: SymbolId) -> bool {
    image.elf.symbols.get(symbol).st_shndx == SHN_LIVEPATCH
}

/// The export behind an ordinary import.
fn exported<'p>(profile: &'p Profile, name: &str, gpl: bool) -> Result<Export<'p>, Diagnostic> {
    let export = profile
        .export(name)
        .filter(|export| export.provider == VMLINUX)
        .ok_or_else(|| messages::not_exported(profile, name))?;
    if export.gpl && !gpl {
        return Err(messages::gpl_only(name));
    }
    Ok(export)
}

/// For each undefined symbol (by its index), the first place that uses it.
fn users(image: &Image<'_>, patch: &Patch, source: &Source<'_>) -> BTreeMap<usize, User> {
    let mut users = BTreeMap::new();
    for section in image.loaded_sections() {
        for relocation in image.relocations(section) {
            if let Some(symbol) = relocation.symbol.filter(|&s| image.is_undefined(s)) {
                let target = Target {
                    section,
                    offset: relocation.r_offset,
                };
                users
                    .entry(symbol.index())
                    .or_insert_with(|| user(image, target, patch, source));
            }
        }
    }
    users
}

/// Who is at `target`.
pub(crate) fn user(image: &Image<'_>, target: Target, patch: &Patch, source: &Source<'_>) -> User {
    let Some(function) = image.function_at(target) else {
        return User {
            function: format!("data in {}", image.section_name(target.section)),
            place: None,
        };
    };
    let name = image.name(function).into_owned();
    let generated = name == names::INIT || name == names::EXIT;
    let line = || source.place(target.offset);
    User {
        function: format!("{:#}", rustc_demangle::demangle(&name)),
        place: if generated {
            Some(patch.place.clone())
        } else {
            line()
        },
    }
}
