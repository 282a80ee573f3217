// SPDX-License-Identifier: GPL-2.0-only
//! Which versions of the patched functions may answer.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Versions, a bit for each.
pub type Set = u8;

/// Without any patch.
pub const ORIGINAL: Set = 1;
/// What the patches of `xtask/soak/patches` say, and the bit of each.
const NAMES: [(&str, Set); 4] = [
    ("original", ORIGINAL),
    ("first", 2),
    ("second", 4),
    ("all", 8),
];

/// The version of this name.
pub fn named(name: &str) -> Option<Set> {
    let found = NAMES.iter().find(|(known, _)| *known == name)?;
    Some(found.1)
}

/// Which versions were active, from the beginning until now: who reads a file does not know when
/// during the call it was answered.
pub struct Versions(Mutex<Vec<Set>>);

impl Default for Versions {
    fn default() -> Self {
        Self(Mutex::new(vec![ORIGINAL]))
    }
}

impl Versions {
    /// From now on these may be active.
    pub fn set(&self, active: Set) {
        self.history().push(active);
    }

    /// A moment to give to [`since`](Self::since).
    pub fn moment(&self) -> usize {
        self.history().len() - 1
    }

    /// All that were active at any time since a moment.
    pub fn since(&self, moment: usize) -> Set {
        self.history()
            .iter()
            .skip(moment)
            .fold(0, |all, one| all | one)
    }

    fn history(&self) -> MutexGuard<'_, Vec<Set>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_active_during_a_call_may_answer() {
        let versions = Versions::default();
        let early = versions.moment();
        versions.set(1 | 2);
        versions.set(2);
        assert_eq!(versions.since(early), 1 | 2);
        assert_eq!(versions.since(versions.moment()), 2);
    }
}
