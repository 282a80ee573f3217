// SPDX-License-Identifier: GPL-2.0-only
//! Decides for each undefined symbol who will define it: the loader, livepatch, or nobody.

use klp_runtime::contract::{GPL_COMPATIBLE, ModuleKind, VMLINUX, symbol as names};
use object::build::elf::SymbolId;
use object::elf;

use crate::profile::{Export, Profile};

use super::anchor;
use super::diagnostic::Diagnostic;
use super::image::Image;
use super::messages;
use super::patch::Patch;
use super::resolve::{self, Wanted};
use super::users::Users;

/// What the link step defines itself.
const OURS: [&str; 2] = [names::PATCH, names::KERNEL_IDENTITY];

/// Turns the kernel symbols among the undefined ones into what the module loader understands.
///
/// Symbols that the kernel exports become ordinary imports, the others livepatch symbols
/// (`.klp.sym.…` with `SHN_LIVEPATCH`), or distances in a module, for which livepatch does
/// nothing. Whatever is neither is reported, with who asks for it.
pub(crate) fn resolve(
    image: &mut Image<'_>,
    patch: &Patch,
    users: &Users,
    profile: &Profile,
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut gpl_only = Vec::new();
    for id in image.undefined_symbols() {
        let ours = OURS.contains(&image.name(id).as_ref());
        let Some(user) = users.get(id).filter(|_| !ours) else {
            continue;
        };
        match one(image, id, patch, profile) {
            Ok(Some(export)) if export.gpl => gpl_only.push(export.name),
            Ok(_) => {}
            Err(error) => {
                let error = error.at(user.place.clone());
                found.push(error.note(format!("used by `{}`", user.function)));
            }
        }
    }
    if !GPL_COMPATIBLE.contains(&patch.license.as_str()) && !gpl_only.is_empty() {
        gpl_only.sort_unstable();
        found.push(messages::gpl_only(patch, &gpl_only));
    }
    found
}

/// Resolves one symbol; the result is the export that it became an import of, if any.
fn one<'p>(
    image: &mut Image<'_>,
    id: SymbolId,
    patch: &Patch,
    profile: &'p Profile,
) -> Result<Option<Export<'p>>, Diagnostic> {
    let name = image.name(id).into_owned();
    if !name.starts_with(names::KERNEL) {
        return exported(profile, &name).map(Some);
    }
    let wanted = kernel_symbol_of(&name).ok_or_else(|| messages::odd_kernel_symbol(&name))?;
    match profile.object(wanted.object) {
        Some(_) => kernel_symbol(image, id, wanted, patch, profile),
        // `objects` has reported it.
        None => Ok(None),
    }
}

/// The parts of `.klp.sym.OBJECT.NAME,SYMPOS`.
pub(crate) fn kernel_symbol_of(name: &str) -> Option<Wanted<'_>> {
    let (object, rest) = name.strip_prefix(names::KERNEL)?.split_once('.')?;
    let (symbol, sympos) = rest.rsplit_once(',')?;
    Some(Wanted {
        object,
        symbol,
        sympos: sympos.parse().ok()?,
    })
}

fn kernel_symbol<'p>(
    image: &mut Image<'_>,
    id: SymbolId,
    wanted: Wanted<'_>,
    patch: &Patch,
    profile: &'p Profile,
) -> Result<Option<Export<'p>>, Diagnostic> {
    let symbol = resolve::symbol(profile, wanted)?;
    if symbol.init {
        return Err(messages::init_function(wanted));
    }
    let unique = wanted.object == VMLINUX && wanted.sympos == 0;
    let export = kernel_export(profile, wanted.symbol).filter(|_| unique);
    match export {
        Some(export) => image.rename(id, export.name),
        None if patch.kind == ModuleKind::Patch => {
            image.elf.symbols.get_mut(id).st_shndx = SHN_LIVEPATCH;
        }
        None if wanted.object == VMLINUX => anchor::replace(image, id, &symbol, profile)?,
        None => return Err(messages::symbol_of_module(wanted)),
    }
    Ok(export)
}

/// Marks a symbol that livepatch resolves (`include/uapi/linux/elf.h`).
const SHN_LIVEPATCH: elf::SymbolSection = elf::SymbolSection(0xff20);

/// Whether livepatch resolves this symbol.
pub(crate) fn is_livepatch(image: &Image<'_>, symbol: SymbolId) -> bool {
    image.elf.symbols.get(symbol).st_shndx == SHN_LIVEPATCH
}

/// The export behind an ordinary import.
fn exported<'p>(profile: &'p Profile, name: &str) -> Result<Export<'p>, Diagnostic> {
    kernel_export(profile, name).ok_or_else(|| messages::not_exported(profile, name))
}

fn kernel_export<'p>(profile: &'p Profile, name: &str) -> Option<Export<'p>> {
    let export = profile.export(name)?;
    (export.provider == VMLINUX).then_some(export)
}
