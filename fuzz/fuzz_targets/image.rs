// SPDX-License-Identifier: GPL-2.0-only
//! A kernel's image: `vmlinuz` or `vmlinux`.
#![no_main]

use klp_link::profile::ProfileBuilder;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|image: &[u8]| {
    let _ = ProfileBuilder::from_vmlinux(image);
});
