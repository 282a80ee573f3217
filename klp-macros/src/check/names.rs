// SPDX-License-Identifier: GPL-2.0-only
//! What the kernel takes for the name of an object, a symbol or a parameter.

/// Longest module name with its NUL: `MODULE_NAME_LEN`, `include/linux/module.h`.
const MODULE_NAME_LEN: usize = 56;
/// Longest symbol name with its NUL: `KSYM_NAME_LEN`, `include/linux/kallsyms.h`.
const KSYM_NAME_LEN: usize = 512;

/// Longest name of a file, such as those in `/sys/module/PATCH/parameters`: `NAME_MAX`.
const NAME_MAX: usize = 255;

/// Why `name` cannot be an object's name, and what to write instead.
pub fn object(name: &str) -> Result<(), String> {
    if name.is_empty() {
        return Err("an object has a name: write \"vmlinux\" or the module's name".into());
    }
    if let Some(module) = name.strip_suffix(".ko") {
        return Err(format!(
            "`{name}` is a file: write the module's name, \"{}\"",
            module.replace('-', "_")
        ));
    }
    if name.contains('-') && name.replace('-', "_").chars().all(is_word) {
        return Err(format!(
            "no module is named `{name}`: a file name's `-` is `_` in the module's name, so write \"{}\"",
            name.replace('-', "_")
        ));
    }
    if let Some(wrong) = name.chars().find(|&c| !is_word(c)) {
        return Err(format!(
            "{wrong:?} cannot be part of a module's name, which is made of letters, digits and `_`"
        ));
    }
    shorter_than(MODULE_NAME_LEN, name, "module's name")
}

/// Why `name` cannot be a symbol's name.
pub fn symbol(name: &str) -> Result<(), String> {
    if name.is_empty() {
        return Err(
            "a symbol has a name: leave `symbol` out where it is that of the item itself".into(),
        );
    }
    let starts = |c: char| is_word(c) && !c.is_ascii_digit();
    if !name.starts_with(starts) {
        return Err(format!(
            "`{name}` is no symbol: write the function's or variable's name as /proc/kallsyms has it"
        ));
    }
    if let Some(wrong) = name.chars().find(|&c| !is_word(c) && c != '.') {
        return Err(format!(
            "{wrong:?} cannot be part of a symbol's name: write it as /proc/kallsyms has it, such as \"foo\" or \"foo.isra.0\""
        ));
    }
    shorter_than(KSYM_NAME_LEN, name, "symbol's name")
}

/// Why `name` cannot be a module parameter's name.
pub fn param(name: &str) -> Result<(), String> {
    if name.is_empty()
        || !name.chars().all(is_word)
        || name.starts_with(|c: char| c.is_ascii_digit())
    {
        return Err(format!(
            "`{name}` is no parameter name, which is made of letters, digits and `_`, not starting with a digit"
        ));
    }
    shorter_than(NAME_MAX + 1, name, "parameter's name")
}

fn shorter_than(limit: usize, name: &str, what: &str) -> Result<(), String> {
    if name.len() < limit {
        return Ok(());
    }
    Err(format!(
        "a {what} has at most {} bytes, this one has {}",
        limit - 1,
        name.len()
    ))
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_vmlinux_and_modules() {
        for name in ["vmlinux", "e1000", "nf_tables", "8021q"] {
            assert_eq!(object(name), Ok(()));
        }
        for name in [
            "",
            "e1000.ko",
            "nf-tables",
            "a b",
            "kernel/net",
            &"x".repeat(56),
        ] {
            assert!(object(name).is_err(), "{name}");
        }
        assert_eq!(object(&"x".repeat(55)), Ok(()));
    }

    #[test]
    fn a_file_name_is_put_right() {
        assert!(object("nf-tables").unwrap_err().contains("\"nf_tables\""));
        assert!(
            object("nf-tables.ko")
                .unwrap_err()
                .contains("\"nf_tables\"")
        );
    }

    #[test]
    fn symbols_may_have_dots() {
        for name in ["foo", "_foo1", "foo.isra.0", "__x64_sys_open"] {
            assert_eq!(symbol(name), Ok(()));
        }
        for name in ["", "1foo", ".foo", "foo,1", "foo bar", &"x".repeat(512)] {
            assert!(symbol(name).is_err(), "{name}");
        }
    }

    #[test]
    fn params_are_words() {
        assert_eq!(param("pre_patch_ret"), Ok(()));
        for name in ["", "a.b", "a-b", "1a", &"x".repeat(256)] {
            assert!(param(name).is_err(), "{name}");
        }
    }
}
