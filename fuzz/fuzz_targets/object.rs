// SPDX-License-Identifier: GPL-2.0-only
//! What the linker gives to the link step, for each core.
#![no_main]

use klp_fuzz::profile;
use klp_link::link::{self, Core, Input};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|object: &[u8]| {
    for core in [Core::Builtin, Core::Klp] {
        let input = Input {
            object,
            module: "fuzz",
            core,
            source_root: "/",
        };
        if let Err(diagnostics) = link::link(input, profile()) {
            assert!(!diagnostics.is_empty(), "refused without a word");
        }
    }
});
