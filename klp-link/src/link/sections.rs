// SPDX-License-Identifier: GPL-2.0-only
//! Sections and symbols of the author's own that the module loader refuses, or reads otherwise than
//! was meant.

use klp_runtime::contract::VMLINUX;
use object::build::elf::SectionId;
use object::elf;

use super::diagnostic::Diagnostic;
use super::image::Image;
use super::imports::kernel_symbol_of;
use super::messages;

/// What the link step makes; the loader takes the first section of a name.
const OURS: [&str; 13] = [
    ".gnu.linkonce.this_module",
    ".modinfo",
    ".orc_header",
    ".orc_unwind",
    ".orc_unwind_ip",
    ".retpoline_sites",
    ".return_sites",
    "__bug_table",
    "__kcrctab",
    "__ksymtab",
    "__ksymtab_gpl",
    "__param",
    "__versions",
];

/// Functions to run before `main`, which a module has not.
const CONSTRUCTORS: [&str; 4] = [".ctors", ".dtors", ".fini_array", ".init_array"];

/// What the kernel reads as it loads a module.
const KEYED: [&str; 3] = [
    "__jump_table",
    ".static_call_sites",
    ".static_call_tramp_key",
];

/// All such sections and symbols.
pub(crate) fn check(image: &Image<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for section in image.loaded_sections() {
        let name = image.section_name(section);
        found.extend(refused(&name));
        if KEYED.contains(&name.as_ref()) {
            found.extend(key_of_module(image, section));
        }
    }
    let symbols = image.elf.symbols.iter();
    let common = symbols.filter(|symbol| symbol.st_shndx == elf::SHN_COMMON);
    found.extend(common.map(|symbol| {
        let what = format!("the common symbol `{}`", image.name(symbol.id()));
        messages::refused_section(
            &what,
            "the loader has no place for one, and refuses the module",
        )
    }));
    found
}

fn refused(section: &str) -> Option<Diagnostic> {
    let why = if OURS.contains(&section) || section.starts_with(".klp.rela.") {
        "the link step makes the one that the loader reads, and there can be only one"
    } else if CONSTRUCTORS.contains(&section) {
        "the kernel does not run what is in it"
    } else {
        return None;
    };
    let what = format!("a section `{section}` of its own");
    Some(messages::refused_section(&what, why))
}

/// An entry whose key, or whose function, is a module's.
fn key_of_module(image: &Image<'_>, section: SectionId) -> Option<Diagnostic> {
    image.relocations(section).iter().find_map(|relocation| {
        let name = image.name(relocation.symbol?);
        let wanted = kernel_symbol_of(&name).filter(|wanted| wanted.object != VMLINUX)?;
        let section = image.section_name(section);
        Some(messages::key_of_module(
            &section,
            wanted.symbol,
            wanted.object,
        ))
    })
}
