// SPDX-License-Identifier: GPL-2.0-only
//! A patch that is inspected.
#![no_main]

use klp_link::inspect;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|module: &[u8]| {
    let _ = inspect::read(module);
});
