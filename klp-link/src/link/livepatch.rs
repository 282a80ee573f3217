// SPDX-License-Identifier: GPL-2.0-only
//! `.klp.rela.OBJECT.SECTION`: relocations that livepatch applies, not the module loader
//! (`Documentation/livepatch/module-elf-format.rst`).

use std::collections::BTreeMap;

use klp_runtime::contract::symbol::KERNEL;
use object::build::Id;
use object::build::elf::{Relocation, SectionId};
use object::elf;

use super::image::Image;
use super::imports::is_livepatch;

/// Marks a relocation section that livepatch applies (`include/uapi/linux/elf.h`).
const SHF_RELA_LIVEPATCH: elf::SectionFlags = elf::SectionFlags(0x0010_0000);

/// Moves all relocations against livepatch symbols to sections of their own, one for each object
/// and section.
pub(crate) fn split(image: &mut Image<'_>) {
    for section in image.loaded_sections() {
        for (object, relocations) in taken(image, section) {
            let name = format!(".klp.rela.{object}.{}", image.section_name(section));
            let flags = elf::SHF_ALLOC | SHF_RELA_LIVEPATCH;
            image.add_relocations(&name, flags, section, relocations);
        }
    }
}

fn taken(image: &mut Image<'_>, section: SectionId) -> BTreeMap<String, Vec<Relocation>> {
    let objects: BTreeMap<usize, String> = image
        .relocations(section)
        .iter()
        .filter_map(|relocation| relocation.symbol)
        .filter(|&symbol| is_livepatch(image, symbol))
        .filter_map(|symbol| Some((symbol.index(), object(&image.name(symbol))?)))
        .collect();
    let object_of = |relocation: &Relocation| objects.get(&relocation.symbol?.index());
    let mut by_object: BTreeMap<String, Vec<Relocation>> = BTreeMap::new();
    for relocation in image.take_relocations(section, |r| object_of(r).is_some()) {
        if let Some(object) = object_of(&relocation) {
            by_object
                .entry(object.clone())
                .or_default()
                .push(relocation);
        }
    }
    by_object
}

fn object(symbol: &str) -> Option<String> {
    let (object, _) = symbol.strip_prefix(KERNEL)?.split_once('.')?;
    Some(object.to_owned())
}
