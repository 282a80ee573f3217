// SPDX-License-Identifier: GPL-2.0-only
//! Some runs by chance; `cargo xtask simulate` has many more.

use klp_sim::{shrink, simulate};

#[test]
fn what_must_hold_does() {
    for seed in 0..200 {
        if let Err(failure) = simulate(seed) {
            let short = shrink(failure);
            panic!("seed {seed}: {}\n{}", short.violation, short.log.join("\n"));
        }
    }
}
