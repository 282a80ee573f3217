// SPDX-License-Identifier: GPL-2.0-only
//! Which live-patching core a patch is for.

use klp_runtime::contract::{ABI, CORE_IMPORTS};
use serde::Serialize;

/// A live-patching core.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Core {
    /// The kernel's own.
    #[default]
    Builtin,
    /// klp's, the module `klp.ko`.
    Klp,
}

impl Core {
    /// What this core has in the place of a function of the kernel's core.
    pub(crate) fn own_function(self, kernels: &str) -> Option<&'static str> {
        let own = CORE_IMPORTS.iter().find(|(name, _)| *name == kernels);
        own.filter(|_| self == Self::Klp).map(|(_, own)| *own)
    }
}

/// What comes before the number in the version of klp's core.
const VERSION: &str = "abi-";

/// The version of klp's core.
pub(crate) fn version() -> String {
    format!("{VERSION}{ABI}")
}

/// The ABI of klp's core, by its version; `None` where that does not say it.
pub fn core_abi(version: &str) -> Option<u32> {
    version.strip_prefix(VERSION)?.parse().ok()
}

/// Whether klp's core exports a symbol.
pub(crate) fn is_exported(name: &str) -> bool {
    CORE_IMPORTS.iter().any(|(_, own)| *own == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cores_version_is_its_abi() {
        assert_eq!(core_abi(&version()), Some(ABI));
        assert_eq!(core_abi("1.0"), None);
    }
}
