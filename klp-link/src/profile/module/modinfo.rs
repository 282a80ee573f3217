// SPDX-License-Identifier: GPL-2.0-only
//! `.modinfo`: `key=value` strings, each ended by NUL.

use super::missing;
use crate::profile::error::BuildError;

/// What a profile keeps of it.
pub(super) struct Modinfo {
    pub(super) name: String,
    pub(super) vermagic: String,
    pub(super) srcversion: Option<String>,
}

/// Reads the section.
pub(super) fn read(section: &[u8]) -> Result<Modinfo, BuildError> {
    let value = |key: &str| {
        let mut entries = section.split(|byte| *byte == 0);
        let value = entries.find_map(|entry| entry.strip_prefix(key.as_bytes()))?;
        Some(String::from_utf8_lossy(value).into_owned())
    };
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
    Ok(Modinfo {
        name,
        vermagic,
        srcversion: value("srcversion="),
    })
}

impl Modinfo {
    /// The module must be of the profile's kernel.
    pub(super) fn check_release(&self, expected: &str) -> Result<(), BuildError> {
        let found = self.vermagic.split(' ').next().unwrap_or_default();
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
    fn incomplete_modinfo_is_an_error() {
        assert!(read(b"").is_err());
        assert!(read(b"name=veth").is_err());
    }
}
