// SPDX-License-Identifier: GPL-2.0-only
//! Names of the patch's own functions, as the author wrote them.

use std::fmt::{self, Write};

/// The longest name that is shown, in bytes: demangling can make much of little.
const LIMIT: usize = 1024;

/// The name without its mangling, and with `crate` in the place of the patch's own name, so that
/// one function has one name in all patches that it is in.
pub(super) fn of_author(symbol: &str, module: &str) -> String {
    let mut name = Limited(String::new());
    if write!(name, "{:#}", rustc_demangle::demangle(symbol)).is_err() {
        return symbol.to_owned();
    }
    // Rust names are paths; a C function may well bear the module's name.
    match name.0.contains("::") {
        true => name.0.replace(&format!("{module}::"), "crate::"),
        false => name.0,
    }
}

/// A text that refuses to grow beyond the limit.
struct Limited(String);

impl Write for Limited {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        match self.0.len() + text.len() <= LIMIT {
            true => self.0.write_str(text),
            false => Err(fmt::Error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::of_author;

    #[test]
    fn a_function_has_one_name_in_all_patches() {
        let old = of_author("_RNvNtCs1_8my_fix_15fixes4show", "my_fix_1");
        assert_eq!(old, "crate::fixes::show");
        assert_eq!(of_author("show", "show"), "show");
    }

    #[test]
    fn what_demangles_without_end_stays_as_it_is() {
        // Each tuple has two of the one before.
        let bomb = "_RMC0TTTTTTTTTTTTpB8_EB7_EB6_EB5_EB4_EB3_EB2_EB1_EB0_EB_EBa_E";
        assert!(of_author(bomb, "fix").len() <= super::LIMIT);
    }
}
