// SPDX-License-Identifier: GPL-2.0-only
//! Runs by chance; `cargo xtask simulate` has many more.

use klp_sim::{shrink, simulate};

#[test]
fn seeds() {
    let n: u64 = std::env::var("SEEDS")
        .ok()
        .and_then(|s| s.parse().ok())
        .unwrap_or(300);
    for seed in 0..n {
        if let Err(failure) = simulate(seed) {
            let short = shrink(failure);
            panic!(
                "seed {seed}: {}\n{}\n{:?}",
                short.violation,
                short.log.join("\n"),
                short.choices
            );
        }
    }
}
