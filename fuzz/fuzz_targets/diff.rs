// SPDX-License-Identifier: GPL-2.0-only
//! Two patches that are compared: the length of the first, then both.
#![no_main]

use klp_link::inspect;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((length, files)) = input.split_first_chunk() else {
        return;
    };
    let length = u32::from_le_bytes(*length) as usize;
    let Some((old, new)) = files.split_at_checked(length) else {
        return;
    };
    if let (Ok(old), Ok(new)) = (inspect::read(old), inspect::read(new)) {
        inspect::diff(&old, &new);
    }
});
