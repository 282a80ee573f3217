// SPDX-License-Identifier: GPL-2.0-only
//! `__versions`: the CRCs of all imports, for kernels with `CONFIG_MODVERSIONS`
//! (`struct modversion_info`, `include/linux/module.h`).

use klp_runtime::contract::CORE_CRC;
use object::elf;

use crate::profile::Profile;

use super::cores;
use super::diagnostic::Diagnostic;
use super::image::{Chunk, Image};
use super::imports::is_livepatch;
use super::layout::Layouts;
use super::messages;

/// What the loader compares first, before any import.
const MODULE_LAYOUT: &str = "module_layout";

/// Adds `__versions` when the kernel checks them.
pub(crate) fn add(
    image: &mut Image<'_>,
    layouts: &Layouts,
    profile: &Profile,
) -> Result<(), Diagnostic> {
    if !profile.mitigations().modversions {
        return Ok(());
    }
    let size = layouts.size("modversion_info")?;
    let (crc_at, name_at) = (
        layouts.offset("modversion_info", "crc")?,
        layouts.offset("modversion_info", "name")?,
    );
    let mut names = vec![MODULE_LAYOUT.to_owned()];
    names.extend(imports(image));
    let mut chunk = Chunk::zeroed(names.len() * size);
    for (index, name) in names.iter().enumerate() {
        if name_at + name.len() >= size {
            return Err(messages::long_import(name));
        }
        let crc = crc(name, profile).ok_or_else(|| messages::no_crc(name))?;
        chunk.put(index * size + crc_at, &u64::from(crc).to_le_bytes());
        chunk.put(index * size + name_at, name.as_bytes());
    }
    image.add_section("__versions", elf::SHF_ALLOC, 32, chunk);
    Ok(())
}

/// Whether modules that import `name` could not say which CRC it has for them.
pub(crate) fn too_long(name: &str, layouts: &Layouts, profile: &Profile) -> bool {
    let room = layouts.member_size("modversion_info", "name");
    profile.mitigations().modversions && room.is_ok_and(|room| name.len() >= room)
}

/// The CRC that the exporter has for `name`.
fn crc(name: &str, profile: &Profile) -> Option<u32> {
    match cores::is_exported(name) {
        true => Some(CORE_CRC),
        false => profile.export(name)?.crc,
    }
}

fn imports(image: &Image<'_>) -> Vec<String> {
    image
        .undefined_symbols()
        .into_iter()
        .filter(|&symbol| !is_livepatch(image, symbol))
        .map(|symbol| image.name(symbol).into_owned())
        .collect()
}
