// SPDX-License-Identifier: GPL-2.0-only
//! Sections and symbols of the author's own that the module loader refuses, or reads otherwise than
//! was meant.
//!
//! The linker has put statics together by section, so which of them is meant is seen from symbols.

use klp_runtime::contract::VMLINUX;
use object::build::elf::{Relocation, Section, SectionId};
use object::elf;

use super::diagnostic::{Diagnostic, Place};
use super::image::{Image, PAGE};
use super::imports::kernel_symbol_of;
use super::messages;
use super::patch::Patch;
use super::source::Source;
use super::statics::Static;
use super::users;

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
pub(crate) fn check(image: &Image<'_>, patch: &Patch, source: &Source<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for section in image.loaded_sections() {
        let name = image.section_name(section);
        let place = || statics(image, section, source).find_map(|found| found.place);
        found.extend(refused(&name).map(|error| error.at(place())));
        if KEYED.contains(&name.as_ref()) {
            found.extend(key_of_module(image, section, source));
        }
    }
    let sections = image.elf.sections.iter();
    found.extend(sections.filter_map(|section| misaligned(image, section, source)));
    let symbols = image.elf.symbols.iter();
    let common = symbols.filter(|symbol| symbol.st_shndx == elf::SHN_COMMON);
    found.extend(common.map(|symbol| {
        let what = format!("the common symbol `{}`", image.name(symbol.id()));
        let error = messages::refused_section(
            &what,
            "the loader has no place for one, and refuses the module",
        );
        let user = users::of(image, symbol.id(), patch, source);
        error.at(user.and_then(|user| user.place))
    }));
    found
}

/// What debug info knows of the statics in a section.
fn statics(
    image: &Image<'_>,
    section: SectionId,
    source: &Source<'_>,
) -> impl Iterator<Item = Static> {
    let symbols = image.elf.symbols.iter();
    let inside = symbols.filter(move |symbol| symbol.section == Some(section));
    inside.filter_map(move |symbol| source.of_static(&image.name(symbol.id())))
}

fn misaligned(image: &Image<'_>, section: &Section<'_>, source: &Source<'_>) -> Option<Diagnostic> {
    let align = section.sh_addralign;
    if section.delete || align <= PAGE && align.is_power_of_two() {
        return None;
    }
    let mut statics = statics(image, section.id(), source);
    let place = statics.find(|found| found.alignment > PAGE);
    Some(messages::odd_alignment(&section.name).at(place.and_then(|found| found.place)))
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

/// An entry whose key, or whose function, is a module's. It starts with the place in the code.
fn key_of_module(image: &Image<'_>, section: SectionId, source: &Source<'_>) -> Option<Diagnostic> {
    let mut place = None;
    image.relocations(section).iter().find_map(|relocation| {
        let symbol = relocation.symbol?;
        place = code(image, relocation, source).or(place.take());
        let name = image.name(symbol);
        let wanted = kernel_symbol_of(&name).filter(|wanted| wanted.object != VMLINUX)?;
        let section = image.section_name(section);
        let error = messages::key_of_module(&section, wanted.symbol, wanted.object);
        Some(error.at(place.clone()))
    })
}

/// The line of the code that a relocation points to.
fn code(image: &Image<'_>, relocation: &Relocation, source: &Source<'_>) -> Option<Place> {
    let symbol = image.elf.symbols.get(relocation.symbol?);
    let section = symbol.section?;
    let is_text = image.section_name(section) == ".text";
    let address = symbol.st_value.checked_add_signed(relocation.r_addend)?;
    source.place(address).filter(|_| is_text)
}
