// SPDX-License-Identifier: GPL-2.0-only
//! The kernel's own symbol table: the bytes are the `.rodata` that it lies in.
#![no_main]

use klp_fuzz::elf::{self, RODATA, Section, TEXT};
use klp_link::profile::ProfileBuilder;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|rodata: &[u8]| {
    let section = |name, address, bytes| Section {
        name,
        address,
        bytes,
    };
    let sections = [
        section(".text", TEXT, &[0xc3]),
        section(".rodata", RODATA, rodata),
    ];
    let image = elf::write(&sections).expect("a file of two sections");
    let _ = ProfileBuilder::from_vmlinux(&image);
});
