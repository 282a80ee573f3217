// SPDX-License-Identifier: GPL-2.0-only
//! The engine in a simulated kernel, by chance; `cargo xtask simulate` does it more often.

use klp_sim::{shrink, simulate};

#[test]
fn a_thousand_runs() {
    for seed in 0..1000 {
        if let Err(failure) = simulate(seed) {
            let short = shrink(failure);
            panic!("seed {seed}: {}\n{}", short.violation, short.log.join("\n"));
        }
    }
}
