// SPDX-License-Identifier: GPL-2.0-only
//! Relocations: only those that the module loader knows may be left.

use object::elf;

use super::diagnostic::Diagnostic;
use super::image::{Image, Target};
use super::messages;
use super::patch::Patch;
use super::source::Source;
use super::users;

/// What `apply_relocate_add` of `arch/x86/kernel/module.c` can do.
const KNOWN: [elf::RelocationType; 6] = [
    elf::R_X86_64_64,
    elf::R_X86_64_32,
    elf::R_X86_64_32S,
    elf::R_X86_64_PC32,
    elf::R_X86_64_PLT32,
    elf::R_X86_64_PC64,
];

/// All relocations of loaded sections that the loader would refuse.
pub(crate) fn check(image: &Image<'_>, patch: &Patch, source: &Source<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for section in image.loaded_sections() {
        if image.section_name(section) == ".eh_frame" {
            // Becomes ORC, and is not loaded.
            continue;
        }
        for relocation in image.relocations(section) {
            if KNOWN.contains(&relocation.r_type) {
                continue;
            }
            let target = Target {
                section,
                offset: relocation.r_offset,
            };
            let user = users::user(image, target, patch, source);
            let symbol = relocation.symbol.map(|symbol| image.name(symbol));
            let symbol = symbol.as_deref().unwrap_or("?");
            let error = messages::unknown_relocation(relocation.r_type, symbol, &user.function);
            found.push(error.at(user.place));
        }
    }
    found
}
