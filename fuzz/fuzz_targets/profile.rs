// SPDX-License-Identifier: GPL-2.0-only
//! A profile whose length and checksum are right, whatever else is in it.
#![no_main]

use klp_link::profile::{Profile, ProfileBuilder};
use libfuzzer_sys::fuzz_target;

/// Bytes before the archive.
const HEADER: usize = 64;

fuzz_target!(|file: &[u8]| {
    let mut file = file.to_vec();
    if let Some((header, archive)) = file.split_at_mut_checked(HEADER) {
        header[12..16].copy_from_slice(&crc32fast::hash(archive).to_le_bytes());
        header[16..24].copy_from_slice(&(archive.len() as u64).to_le_bytes());
    }
    if let Ok(profile) = Profile::from_bytes(&file) {
        ask(&profile);
    }
});

/// Everything that a profile is asked for.
fn ask(profile: &Profile) {
    let _ = (profile.version(), profile.btf(), profile.orc_registers());
    for name in profile.export_names() {
        let _ = profile.export(name);
    }
    for object in profile.objects() {
        let _ = profile.object(object.name());
        object.nearest("cmdline_proc_shwo", 3);
        object.names_starting("cmdline_proc_show");
        for symbol in object.symbols() {
            object.symbol(symbol.name, symbol.sympos);
            let _ = (symbol.traceable(), symbol.section_name, symbol.file);
        }
    }
    if let Ok(builder) = ProfileBuilder::from_profile(profile) {
        let _ = builder.build().to_bytes();
    }
}
