// SPDX-License-Identifier: GPL-2.0-only
//! All runs of the smallest cases; `cargo xtask simulate --exhaustive` has more.

use klp_sim::{SCRIPTS, explore};

/// Tasks with a CPU each take little.
const SMALL: usize = 3;

#[test]
fn all_holds_in_all_runs() {
    let small = SCRIPTS.iter().filter(|script| script.parts.len() == SMALL);
    for script in small.take(4) {
        match explore(script) {
            Ok(explored) => assert!(explored.states > 10_000, "{explored:?}"),
            Err(failure) => panic!(
                "{}: {}\n{}",
                script.name,
                failure.violation,
                failure.log.join("\n")
            ),
        }
    }
}
