// SPDX-License-Identifier: GPL-2.0-only
//! What the compiler made of a function beside it, or in its place: `f.isra.0`, `f.constprop.0`,
//! `f.part.0`, `f.cold`.
//!
//! Symbols tell of these. What they cannot tell is whether a function was also inlined into some of
//! its callers: only debug info has that, and stock kernels come without.

use crate::profile::Object;

/// The suffix of the part of a function that is thought to run rarely. Only the rest jumps there.
const COLD: &str = ".cold";

/// The suffixes of copies for other parameters, and of parts that callers jump to. Callers reach
/// them in the function's place.
const CLONES: [&str; 3] = [".isra.", ".constprop.", ".part."];

/// The names of the clones of `function` in `object`.
pub(crate) fn clones<'p>(object: &Object<'p>, function: &str) -> Vec<&'p str> {
    let names = object.names_starting(&format!("{function}."));
    let is_clone = |name: &&str| {
        let suffix = name.get(function.len()..).unwrap_or_default();
        CLONES.iter().any(|clone| suffix.contains(clone)) && !suffix.ends_with(COLD)
    };
    names.into_iter().filter(is_clone).collect()
}

/// The function that `symbol` is the rare part of.
pub(crate) fn whole_of(symbol: &str) -> Option<&str> {
    symbol.strip_suffix(COLD)
}

#[cfg(test)]
mod tests {
    use super::whole_of;

    #[test]
    fn the_rare_part_is_known_by_its_name() {
        assert_eq!(whole_of("foo.cold"), Some("foo"));
        assert_eq!(whole_of("foo.isra.0.cold"), Some("foo.isra.0"));
        assert_eq!(whole_of("foo_cold"), None);
    }
}
