// SPDX-License-Identifier: GPL-2.0-only
//! Finds the one kernel symbol that an object, a name and a sympos mean.

use crate::profile::{Profile, Symbol};

use super::diagnostic::Diagnostic;
use super::messages;
use super::variants;

/// A name in an object, as a patch writes it.
#[derive(Clone, Copy)]
pub(crate) struct Wanted<'a> {
    /// [`VMLINUX`](klp_runtime::contract::VMLINUX) or a module.
    pub(crate) object: &'a str,
    /// The symbol.
    pub(crate) symbol: &'a str,
    /// 0 when the name must be unique, else its position, from 1.
    pub(crate) sympos: u64,
}

/// The symbol that is meant, or why none is.
pub(crate) fn symbol<'p>(
    profile: &'p Profile,
    wanted: Wanted<'_>,
) -> Result<Symbol<'p>, Diagnostic> {
    let object = profile
        .object(wanted.object)
        .ok_or_else(|| messages::unknown_object(profile, wanted.object, &[wanted.symbol]))?;
    let candidates = object.symbols_named(wanted.symbol);
    match (candidates.as_slice(), wanted.sympos) {
        ([], _) if let clones @ [_, ..] = variants::clones(&object, wanted.symbol).as_slice() => {
            Err(messages::changed_by_compiler(wanted, clones))
        }
        ([], _) => {
            let nearest = object.nearest(wanted.symbol, 3);
            Err(messages::unknown_symbol(profile, wanted, &nearest))
        }
        (&[only], 0 | 1) => Ok(only),
        (several, 0) => Err(messages::ambiguous_symbol(wanted, &object, several)),
        (several, sympos) => usize::try_from(sympos - 1)
            .ok()
            .and_then(|index| several.get(index).copied())
            .ok_or_else(|| messages::sympos_out_of_range(wanted, &object, several)),
    }
}
