// SPDX-License-Identifier: GPL-2.0-only
//! `#[cfg(linux_at_least = "6.12")]`: one source for kernels whose functions differ.

use crate::kernels::series;

/// The oldest version that can be asked for.
const FIRST: (u32, u32) = (5, 10);

/// The last minor number of every series from Linux 5 on.
const LAST_MINOR: u32 = 19;

/// rustc's arguments that answer the question for the kernel of this release, every version that it
/// is at least.
pub fn arguments(release: &str) -> Vec<String> {
    let known = ["--check-cfg", "cfg(linux_at_least, values(any()))"].map(str::to_owned);
    let versions = up_to(series(release)).into_iter();
    let set = versions.flat_map(|(major, minor)| {
        let value = format!("linux_at_least=\"{major}.{minor}\"");
        ["--cfg".to_owned(), value]
    });
    known.into_iter().chain(set).collect()
}

fn up_to(last: (u32, u32)) -> Vec<(u32, u32)> {
    let minors = |major| (0..=LAST_MINOR).map(move |minor| (major, minor));
    let versions = (FIRST.0..=last.0).flat_map(minors);
    let versions = versions.filter(|version| (FIRST..=last).contains(version));
    versions.collect()
}

#[cfg(test)]
mod tests {
    use super::{arguments, up_to};

    #[test]
    fn all_versions_from_the_first_on() {
        assert_eq!(up_to((5, 11)), [(5, 10), (5, 11)]);
        let versions = up_to((7, 2));
        assert_eq!(versions.first(), Some(&(5, 10)));
        assert_eq!(versions.last(), Some(&(7, 2)));
        for version in [(5, 19), (6, 0), (6, 19), (7, 0)] {
            assert!(versions.contains(&version), "{version:?}");
        }
        assert_eq!(versions.len(), 10 + 20 + 3);
        assert!(up_to((5, 4)).is_empty());
    }

    #[test]
    fn rustc_understands_them() {
        let arguments = arguments("5.10.0-30-amd64");
        let value = "linux_at_least=\"5.10\"";
        assert_eq!(arguments[2..], ["--cfg", value]);
    }
}
