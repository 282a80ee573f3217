// SPDX-License-Identifier: GPL-2.0-only
//! The kernels that are tested, and where Debian has them.

use anyhow::{Context, Result};

/// A series of kernels.
pub struct Series {
    /// Its name, such as `6.12`.
    pub name: &'static str,
    /// The archive's suite; none for the machine's own release.
    pub suite: Option<&'static str>,
    /// Whether modules in C can be built for it here: the host tools of later kernels' headers need
    /// a newer libc than Debian 12 has.
    pub has_targets: bool,
}

const ALL: [Series; 4] = [
    Series {
        name: "6.1",
        suite: None,
        has_targets: true,
    },
    Series {
        name: "6.12",
        suite: Some("bookworm-backports"),
        has_targets: true,
    },
    Series {
        name: "7.2",
        suite: Some("trixie-backports"),
        has_targets: false,
    },
    Series {
        name: "7.3",
        suite: Some("trixie-backports"),
        has_targets: false,
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
