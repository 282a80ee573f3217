// SPDX-License-Identifier: GPL-2.0-only
//! The lists of mitigation sites that the kernel patches when it loads a module.
//!
//! `.return_sites` has every jump to the return thunk, `.retpoline_sites` every call of an
//! indirect-branch thunk (`arch/x86/kernel/alternative.c`). A site left out keeps the slow form; a
//! site that is not the instruction the kernel expects makes it warn, so each is checked.

use object::build::elf::SectionId;
use object::elf;

use super::diagnostic::Diagnostic;
use super::image::{Chunk, Image};
use super::messages;

/// What functions return through.
pub(crate) const RETURN_THUNK: &str = "__x86_return_thunk";
const INDIRECT_THUNK: &str = "__x86_indirect_thunk_";

/// Adds both lists for `text`; an empty list is left out.
pub(crate) fn add(image: &mut Image<'_>, text: SectionId) -> Result<(), Diagnostic> {
    let is_return = |name: &str| name == RETURN_THUNK;
    let is_indirect = |name: &str| name.starts_with(INDIRECT_THUNK);
    let returns = sites(image, text, is_return, return_site)?;
    let indirect = sites(image, text, is_indirect, indirect_site)?;
    add_list(image, text, ".return_sites", &returns);
    add_list(image, text, ".retpoline_sites", &indirect);
    Ok(())
}

/// The instruction that ends in a 4-byte distance at `field`: its address, if it is one of ours.
type SiteAt = fn(text: &[u8], field: usize) -> Option<usize>;

fn sites(
    image: &Image<'_>,
    text: SectionId,
    wanted: impl Fn(&str) -> bool,
    site_at: SiteAt,
) -> Result<Vec<u64>, Diagnostic> {
    let mut sites = Vec::new();
    for relocation in image.relocations(text) {
        let Some(symbol) = relocation.symbol else {
            continue;
        };
        let name = image.name(symbol);
        if !wanted(&name) {
            continue;
        }
        let site = site_at(image.bytes(text), relocation.r_offset as usize)
            .ok_or_else(|| messages::odd_thunk_use(&name, relocation.r_offset))?;
        sites.push(site as u64);
    }
    Ok(sites)
}

/// `jmp rel32`.
fn return_site(text: &[u8], field: usize) -> Option<usize> {
    let start = field.checked_sub(1)?;
    (*text.get(start)? == 0xe9).then_some(start)
}

/// `call rel32`, `jmp rel32` or `jcc rel32`.
fn indirect_site(text: &[u8], field: usize) -> Option<usize> {
    let start = field.checked_sub(1)?;
    match *text.get(start)? {
        0xe8 | 0xe9 => Some(start),
        0x80..=0x8f => {
            let start = field.checked_sub(2)?;
            (*text.get(start)? == 0x0f).then_some(start)
        }
        _ => None,
    }
}

fn add_list(image: &mut Image<'_>, text: SectionId, name: &str, sites: &[u64]) {
    if sites.is_empty() {
        return;
    }
    let symbol = image.section_symbol(text);
    let mut list = Chunk::zeroed(sites.len() * 4);
    for (index, &site) in sites.iter().enumerate() {
        list.put_distance(index * 4, symbol, site);
    }
    image.add_section(name, elf::SHF_ALLOC, 4, list);
}
