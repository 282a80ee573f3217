// SPDX-License-Identifier: GPL-2.0-only
//! `.modinfo`: `key=value` strings, each ended by NUL.

use super::{missing, parse, section_data};
use crate::profile::error::BuildError;
use crate::profile::image::unpack_module;

/// What a module says of itself, as far as klp asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Modinfo {
    /// Its name, as the kernel has it once it is loaded.
    pub name: String,
    /// Which kernel it is for: the release, then what else has to agree.
    pub vermagic: String,
    /// A sum over its source.
    pub srcversion: Option<String>,
    /// The modules that must be there before it.
    pub depends: Vec<String>,
    /// Whether it is a live patch.
    pub livepatch: bool,
    /// Its own version, if it has one.
    pub version: Option<String>,
}

/// Reads the section.
pub(super) fn read(section: &[u8]) -> Result<Modinfo, BuildError> {
    let value = |key| values(section, key).next();
    let name = value("name=").filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| {
        missing(
            "the module",
            "name= in .modinfo",
            "is this a kernel module?",
        )
    })?;
    let vermagic = value("vermagic=").ok_or_else(|| {
        missing(
            &name,
            "vermagic= in .modinfo",
            "it says which kernel the module is for",
        )
    })?;
    let depends = value("depends=").unwrap_or_default();
    let depends = depends.split(',').filter(|module| !module.is_empty());
    Ok(Modinfo {
        name,
        vermagic,
        srcversion: value("srcversion="),
        depends: depends.map(str::to_owned).collect(),
        livepatch: value("livepatch=").is_some(),
        version: value("version="),
    })
}

/// All values of a key, which ends in `=`.
pub(crate) fn values(section: &[u8], key: &str) -> impl Iterator<Item = String> {
    let entries = section.split(|byte| *byte == 0);
    let values = entries.filter_map(move |entry| entry.strip_prefix(key.as_bytes()));
    values.map(|value| String::from_utf8_lossy(value).into_owned())
}

impl Modinfo {
    /// Reads a module file, plain or compressed.
    ///
    /// # Errors
    ///
    /// When it is no kernel module for x86-64.
    pub fn of_module(file: &[u8]) -> Result<Self, BuildError> {
        let bytes = unpack_module(file)?;
        let elf = parse(&bytes)?;
        read(section_data(&elf, "the module", ".modinfo")?)
    }

    /// Reads the section `.modinfo`.
    pub(crate) fn of_section(section: &[u8]) -> Result<Self, BuildError> {
        read(section)
    }

    /// The release of the kernel that the module is for.
    pub fn release(&self) -> &str {
        self.vermagic.split(' ').next().unwrap_or_default()
    }

    /// The module must be of the profile's kernel.
    pub(super) fn check_release(&self, expected: &str) -> Result<(), BuildError> {
        let found = self.release();
        if found == expected {
            return Ok(());
        }
        Err(BuildError::OtherKernel {
            module: self.name.clone(),
            found: found.to_owned(),
            vermagic: self.vermagic.trim_end().to_owned(),
            expected: expected.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_kernel_names_both() {
        let info = read(b"license=GPL\0name=veth\0vermagic=6.1.0 SMP \0").unwrap();
        assert_eq!(info.srcversion, None);
        assert!(info.check_release("6.1.0").is_ok());
        let message = info.check_release("6.12.1").unwrap_err().to_string();
        assert!(
            message.contains("veth") && message.contains("kernel 6.1.0 "),
            "{message}"
        );
        assert!(message.contains("kernel 6.12.1"), "{message}");
    }

    #[test]
    fn a_patch_says_what_it_is_and_needs() {
        let info = read(b"livepatch=Y\0depends=klp\0name=fix\0vermagic=6.1.0 SMP \0").unwrap();
        assert!(info.livepatch);
        assert_eq!(
            (info.depends, info.vermagic.as_str()),
            (vec!["klp".to_owned()], "6.1.0 SMP ")
        );
        let info = read(b"depends=\0name=veth\0vermagic=6.1.0 SMP \0").unwrap();
        assert!(!info.livepatch && info.depends.is_empty());
    }

    #[test]
    fn incomplete_modinfo_is_an_error() {
        assert!(read(b"").is_err());
        assert!(read(b"name=veth").is_err());
    }
}
