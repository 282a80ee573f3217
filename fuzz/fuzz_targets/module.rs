// SPDX-License-Identifier: GPL-2.0-only
//! A module that is to be patched.
#![no_main]

use klp_fuzz::profile;
use klp_link::profile::ProfileBuilder;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|module: &[u8]| {
    let mut builder = ProfileBuilder::from_profile(profile()).expect("a profile that was opened");
    if builder.add_module(module).is_ok() {
        let written = builder.build().to_bytes();
        written.expect("what was read can be written");
    }
});
