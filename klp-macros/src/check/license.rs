// SPDX-License-Identifier: GPL-2.0-only
//! License strings that the kernel knows.

/// What `license_is_gpl_compatible` accepts (`include/linux/license.h`), and the one that
/// `MODULE_LICENSE` documents beside them (`include/linux/module.h`).
const KNOWN: [&str; 7] = [
    "GPL",
    "GPL v2",
    "GPL and additional rights",
    "Dual BSD/GPL",
    "Dual MIT/GPL",
    "Dual MPL/GPL",
    "Proprietary",
];

/// Why `license` cannot be a module's license.
pub fn license(license: &str) -> Result<(), String> {
    if KNOWN.contains(&license) {
        return Ok(());
    }
    Err(format!(
        "the kernel does not know the license `{license}` and would treat the patch as proprietary: write one of \"{}\"",
        KNOWN.join("\", \"")
    ))
}

#[cfg(test)]
mod tests {
    use super::license;

    #[test]
    fn spelling_matters() {
        assert_eq!(license("GPL"), Ok(()));
        assert_eq!(license("Proprietary"), Ok(()));
        assert!(license("GPLv2").is_err());
        assert!(license("gpl").is_err());
    }
}
