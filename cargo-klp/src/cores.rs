// SPDX-License-Identifier: GPL-2.0-only
//! The live-patching cores that patches run on.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The environment variable that chooses a core, whatever manifests say.
pub const CORE_VARIABLE: &str = "KLP_CORE";

/// A live-patching core.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Core {
    /// The kernel's own.
    #[default]
    Builtin,
    /// klp's, the module `klp.ko`.
    Klp,
}

impl Core {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Builtin, Self::Klp];

    /// As manifests and [`CORE_VARIABLE`] have it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Builtin => "builtin",
            Self::Klp => "klp",
        }
    }

    /// Where it shows its patches.
    pub const fn folder(self) -> &'static str {
        match self {
            Self::Builtin => "/sys/kernel/livepatch",
            Self::Klp => "/sys/kernel/klp",
        }
    }
}

impl fmt::Display for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl From<klp_link::link::Core> for Core {
    fn from(core: klp_link::link::Core) -> Self {
        match core {
            klp_link::link::Core::Builtin => Self::Builtin,
            klp_link::link::Core::Klp => Self::Klp,
        }
    }
}

impl From<Core> for klp_link::link::Core {
    fn from(core: Core) -> Self {
        match core {
            Core::Builtin => Self::Builtin,
            Core::Klp => Self::Klp,
        }
    }
}
