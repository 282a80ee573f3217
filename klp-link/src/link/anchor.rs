// SPDX-License-Identifier: GPL-2.0-only
//! Anchored symbols: what the kernel does not export, as a distance from something that it does.
//!
//! KASLR moves the kernel's image as a whole, so between two symbols of one build the distance is
//! always the same. The loader then does one lookup for all of them, where livepatch searches
//! kallsyms for each.

use klp_runtime::contract::symbol::ANCHOR;
use object::build::elf::SymbolId;
use object::elf;

use crate::profile::{Profile, SectionKind, Symbol};

use super::diagnostic::Diagnostic;
use super::image::Image;
use super::messages;
use super::resolve::{self, Wanted};

/// Relocations that can hold any distance within the kernel's image.
const USABLE: [elf::RelocationType; 5] = [
    elf::R_X86_64_64,
    elf::R_X86_64_32S,
    elf::R_X86_64_PC32,
    elf::R_X86_64_PLT32,
    elf::R_X86_64_PC64,
];

/// Replaces all uses of the undefined symbol `id`, which is `symbol` of the kernel.
pub(crate) fn replace(
    image: &mut Image<'_>,
    id: SymbolId,
    symbol: &Symbol<'_>,
    profile: &Profile,
) -> Result<(), Diagnostic> {
    if matches!(symbol.section, SectionKind::Percpu | SectionKind::Absolute) {
        return Err(messages::not_in_the_image(symbol));
    }
    let distance = symbol.address.wrapping_sub(address(profile)?).cast_signed();
    let anchor = image.import(ANCHOR);
    for section in image.loaded_sections() {
        for relocation in image.relocations_mut(section) {
            if relocation.symbol != Some(id) {
                continue;
            }
            if !USABLE.contains(&relocation.r_type) {
                return Err(messages::unanchorable(symbol.name, relocation.r_type));
            }
            relocation.symbol = Some(anchor);
            relocation.r_addend = relocation.r_addend.wrapping_add(distance);
        }
    }
    image.elf.symbols.get_mut(id).delete = true;
    Ok(())
}

/// Where the anchor is in the kernel's image.
fn address(profile: &Profile) -> Result<u64, Diagnostic> {
    let wanted = Wanted {
        object: klp_runtime::contract::VMLINUX,
        symbol: ANCHOR,
        sympos: 0,
    };
    match profile.export(ANCHOR) {
        Some(_) => Ok(resolve::symbol(profile, wanted)?.address),
        None => Err(messages::no_anchor(profile)),
    }
}
