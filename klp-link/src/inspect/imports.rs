// SPDX-License-Identifier: GPL-2.0-only
//! What a patch uses of the kernel and of other modules.

use super::elf::{Elf, Home, within};
use super::error::Error;
use super::report::{FoundBy, Import};
use crate::link::kernel_symbol_of;

/// The most symbols.
const LIMIT: usize = 1 << 14;

/// All symbols that somebody else has, by name.
pub(super) fn read(elf: &Elf<'_>) -> Result<Vec<Import>, Error> {
    let mut imports = Vec::new();
    for symbol in elf.symbols.iter().skip(1) {
        match symbol.home {
            Home::Undefined => imports.push(Import {
                name: symbol.name.to_owned(),
                by: FoundBy::Export,
                object: None,
                sympos: None,
            }),
            Home::Livepatch => imports.push(looked_for(symbol.name)?),
            Home::Section(_) | Home::Other => {}
        }
        within("symbols that it imports", imports.len(), LIMIT)?;
    }
    imports.sort();
    Ok(imports)
}

/// Whether none of them is a function of shadow variables, of whichever core: then there are none,
/// whoever built the patch.
pub(super) fn no_shadows(imports: &[Import]) -> bool {
    !imports.iter().any(|import| {
        let name = import.name.strip_prefix("klp_core_shadow_");
        name.or(import.name.strip_prefix("klp_shadow_")).is_some()
    })
}

fn looked_for(name: &str) -> Result<Import, Error> {
    let parts = kernel_symbol_of(name);
    let parts = parts.ok_or_else(|| {
        let reason = format!("`{name}` is not of the form .klp.sym.OBJECT.NAME,SYMPOS");
        Error::table("a symbol that livepatch resolves", reason)
    })?;
    Ok(Import {
        name: parts.symbol.to_owned(),
        by: FoundBy::Livepatch,
        object: Some(parts.object.to_owned()),
        sympos: Some(parts.sympos),
    })
}
