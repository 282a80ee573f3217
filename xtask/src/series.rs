// SPDX-License-Identifier: GPL-2.0-only
//! The kernels that are tested, and where Debian has them.

use anyhow::{Context, Result};

/// A series of kernels.
pub struct Series {
    /// Its name, such as `6.12`.
    pub name: &'static str,
    /// The archive's suite; none for the machine's own release.
    pub suite: Option<&'static str>,
    /// Which tests there are for it.
    pub scope: Scope,
}

/// Which tests there are for a kernel.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// All: expected diagnostics are written down for this one, and objtool reads its ORC.
    All,
    /// Those of the profile reader, of virtual machines, and all transcripts.
    Transcripts,
    /// The same, but no transcripts that need a module in C: the host tools of the kernel's headers
    /// need a newer libc than Debian 12 has.
    WithoutTargets,
}

const ALL: [Series; 4] = [
    Series {
        name: "6.1",
        suite: None,
        scope: Scope::All,
    },
    Series {
        name: "6.12",
        suite: Some("bookworm-backports"),
        scope: Scope::Transcripts,
    },
    Series {
        name: "7.2",
        suite: Some("trixie-backports"),
        scope: Scope::WithoutTargets,
    },
    Series {
        name: "7.3",
        suite: Some("trixie-backports"),
        scope: Scope::WithoutTargets,
    },
];

impl Series {
    /// The series of that name.
    pub fn named(name: &str) -> Result<&'static Self> {
        let names: Vec<_> = ALL.iter().map(|series| series.name).collect();
        ALL.iter()
            .find(|series| series.name == name)
            .with_context(|| format!("no series {name}: there is {}", names.join(", ")))
    }
}
