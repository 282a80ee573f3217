// SPDX-License-Identifier: GPL-2.0-only
//! Decides for each undefined symbol who will define it: the loader, livepatch, or nobody.

use klp_runtime::contract::{ModuleKind, VMLINUX, symbol as names};
use object::build::elf::SymbolId;
use object::elf;

use crate::profile::{Export, Profile, Symbol};

use super::anchor;
use super::cores::Core;
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
/// Symbols that the kernel exports become ordinary imports. The others become livepatch symbols
/// (`.klp.sym.…` with `SHN_LIVEPATCH`), or distances where the kernel's own core does nothing for
/// the module. Whatever is neither is reported, with who asks for it.
pub(crate) fn resolve(
    image: &mut Image<'_>,
    patch: &Patch,
    core: Core,
    users: &Users,
    profile: &Profile,
) -> Vec<Diagnostic> {
    let imports = Imports {
        kind: patch.kind,
        core,
        profile,
    };
    let mut found = Vec::new();
    let mut gpl_only = Vec::new();
    for id in image.undefined_symbols() {
        let ours = OURS.contains(&image.name(id).as_ref());
        let Some(user) = users.get(id).filter(|_| !ours) else {
            continue;
        };
        match imports.one(image, id) {
            Ok(Some(import)) if import.gpl => gpl_only.push(import.name),
            Ok(_) => {}
            Err(error) => {
                let error = error.at(user.place.clone());
                found.push(error.note(format!("used by `{}`", user.function)));
            }
        }
    }
    if !patch.is_gpl_compatible() && !gpl_only.is_empty() {
        gpl_only.sort_unstable();
        found.push(messages::gpl_only(patch, &gpl_only));
    }
    found
}

/// An ordinary import.
struct Import<'p> {
    name: &'p str,
    gpl: bool,
}

/// By what symbols are resolved.
struct Imports<'p> {
    kind: ModuleKind,
    core: Core,
    profile: &'p Profile,
}

impl<'p> Imports<'p> {
    /// Resolves one symbol; the result is the import that it became, if any.
    fn one(&self, image: &mut Image<'_>, id: SymbolId) -> Result<Option<Import<'p>>, Diagnostic> {
        let name = image.name(id).into_owned();
        if !name.starts_with(names::KERNEL) {
            return self.import(image, id, &name).map(Some);
        }
        let wanted = kernel_symbol_of(&name).ok_or_else(|| messages::odd_kernel_symbol(&name))?;
        match self.profile.object(wanted.object) {
            Some(_) => self.kernel_symbol(image, id, wanted),
            // `objects` has reported it.
            None => Ok(None),
        }
    }

    fn kernel_symbol(
        &self,
        image: &mut Image<'_>,
        id: SymbolId,
        wanted: Wanted<'_>,
    ) -> Result<Option<Import<'p>>, Diagnostic> {
        let symbol = kernel_symbol(self.profile, wanted)?;
        let in_kernel = wanted.object == VMLINUX;
        if in_kernel && wanted.sympos == 0 && kernel_export(self.profile, wanted.symbol).is_some() {
            return self.import(image, id, wanted.symbol).map(Some);
        }
        match (self.kind, self.core) {
            (ModuleKind::Module, _) if !in_kernel => {
                return Err(messages::symbol_of_module(wanted));
            }
            (ModuleKind::Module, _) | (_, Core::Klp) if in_kernel => {
                anchor::replace(image, id, &symbol, self.profile)?;
            }
            _ => image.elf.symbols.get_mut(id).st_shndx = SHN_LIVEPATCH,
        }
        Ok(None)
    }

    /// Makes a symbol an ordinary import of `name`, which the kernel or klp's core exports.
    fn import(
        &self,
        image: &mut Image<'_>,
        id: SymbolId,
        name: &str,
    ) -> Result<Import<'p>, Diagnostic> {
        let own = self.core.own_function(name);
        let import = match own.filter(|_| self.kind == ModuleKind::Patch) {
            Some(name) => Import { name, gpl: true },
            None => exported(self.profile, name)?,
        };
        image.rename(id, import.name);
        Ok(import)
    }
}

/// The symbol that a `#[kernel]` block names, if it is there for good.
pub(crate) fn kernel_symbol<'p>(
    profile: &'p Profile,
    wanted: Wanted<'_>,
) -> Result<Symbol<'p>, Diagnostic> {
    let symbol = resolve::symbol(profile, wanted)?;
    match symbol.init {
        true => Err(messages::init_function(wanted)),
        false => Ok(symbol),
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

/// Marks a symbol that livepatch resolves (`include/uapi/linux/elf.h`).
const SHN_LIVEPATCH: elf::SymbolSection = elf::SymbolSection(0xff20);

/// Whether livepatch resolves this symbol.
pub(crate) fn is_livepatch(image: &Image<'_>, symbol: SymbolId) -> bool {
    image.elf.symbols.get(symbol).st_shndx == SHN_LIVEPATCH
}

/// The kernel's export behind an ordinary import.
fn exported<'p>(profile: &'p Profile, name: &str) -> Result<Import<'p>, Diagnostic> {
    let export = kernel_export(profile, name);
    let import = export.map(|Export { name, gpl, .. }| Import { name, gpl });
    import.ok_or_else(|| messages::not_exported(profile, name))
}

fn kernel_export<'p>(profile: &'p Profile, name: &str) -> Option<Export<'p>> {
    let export = profile.export(name)?;
    (export.provider == VMLINUX).then_some(export)
}
