// SPDX-License-Identifier: GPL-2.0-only
//! Positions among same-named symbols, and the index by name.

use std::collections::HashMap;

use super::data::{NameRef, SymbolRecord};
use super::error::BuildError;
use super::strings::Strings;

/// Gives each symbol that `counts` its sympos: 1 for the first of its name in kallsyms order.
pub(crate) fn number_positions(
    symbols: &mut [SymbolRecord],
    strings: &Strings,
    counts: impl Fn(&SymbolRecord) -> bool,
) {
    let mut seen: HashMap<&str, u32> = HashMap::new();
    for symbol in symbols.iter_mut().filter(|symbol| counts(symbol)) {
        let position = seen.entry(strings.get(symbol.name)).or_default();
        *position += 1;
        symbol.sympos = *position;
    }
}

/// Positions of `symbols` sorted by name, then by position.
pub(crate) fn by_name(
    what: &str,
    symbols: &[SymbolRecord],
    strings: &Strings,
) -> Result<Vec<u32>, BuildError> {
    let too_large = |_| BuildError::TooLarge {
        what: what.to_owned(),
        item: "the symbol table",
    };
    let mut keys: Vec<(&str, u32)> = Vec::with_capacity(symbols.len());
    for (position, symbol) in symbols.iter().enumerate() {
        let name: NameRef = symbol.name;
        keys.push((
            strings.get(name),
            u32::try_from(position).map_err(too_large)?,
        ));
    }
    keys.sort_unstable();
    Ok(keys.into_iter().map(|(_, position)| position).collect())
}
