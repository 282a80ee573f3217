// SPDX-License-Identifier: GPL-2.0-only
//! The only lines of a kernel's log that transcripts leave out.
//!
//! They are not about what is tested: the module loader prints each of the first three once per
//! boot, at whichever module comes first, and the rest is printed by clocks and devices at a time
//! of their own.

/// Parts of lines to leave out.
const NOISE: &[&str] = &[
    "loading out-of-tree module taints kernel.",
    "module verification failed: signature and/or required key missing - tainting kernel",
    "tainting kernel with TAINT_LIVEPATCH",
    "clocksource: ",
    "tsc: ",
    "hrtimer: interrupt took",
    "random: crng init done",
];

/// Whether transcripts leave this line out.
pub fn is_noise(line: &str) -> bool {
    NOISE.iter().any(|noise| line.contains(noise))
}

#[cfg(test)]
mod tests {
    use super::is_noise;

    #[test]
    fn only_the_listed_lines_are_noise() {
        assert!(is_noise("a: loading out-of-tree module taints kernel."));
        assert!(is_noise(
            "tsc: Refined TSC clocksource calibration: 2000.000 MHz"
        ));
        assert!(!is_noise("livepatch: enabling patch 'a'"));
        assert!(!is_noise("a: module license 'x' taints kernel."));
    }
}
