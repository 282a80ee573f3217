// SPDX-License-Identifier: GPL-2.0-only
//! ftrace locations of a module: the relocations of `__mcount_loc`, or of
//! `__patchable_function_entries` on kernels that use that instead.

use std::collections::HashSet;

use object::{
    LittleEndian, Object as _, ObjectSection as _, ObjectSymbol as _, Relocation, RelocationTarget,
};

use super::Elf;
use crate::profile::data::NOT_TRACED;
use crate::profile::vmlinux::{ENDBR64, ENDBR64_LENGTH};

/// Places, by section index and offset in the section.
pub(super) struct Traced(HashSet<(usize, u64)>);

impl Traced {
    /// Reads the relocations. Unresolvable ones are left out: such a function counts as not
    /// traceable, which is the safe side.
    pub(super) fn read(elf: &Elf<'_>) -> Self {
        let section = ["__mcount_loc", "__patchable_function_entries"]
            .into_iter()
            .find_map(|name| elf.section_by_name(name));
        let relocations = section.iter().flat_map(|section| section.relocations());
        Self(
            relocations
                .filter_map(|(_, relocation)| place(elf, &relocation))
                .collect(),
        )
    }

    /// Distance from the function's entry to its ftrace location, or [`NOT_TRACED`].
    pub(super) fn distance(&self, elf: &Elf<'_>, section: usize, offset: u64) -> u8 {
        if self.0.contains(&(section, offset)) {
            return 0;
        }
        let behind = offset.wrapping_add(u64::from(ENDBR64_LENGTH));
        if self.0.contains(&(section, behind)) && starts_with_endbr(elf, section, offset) {
            return ENDBR64_LENGTH;
        }
        NOT_TRACED
    }
}

fn place(elf: &Elf<'_>, relocation: &Relocation) -> Option<(usize, u64)> {
    let RelocationTarget::Symbol(index) = relocation.target() else {
        return None;
    };
    let symbol: object::read::elf::ElfSymbol64<'_, '_, LittleEndian> =
        elf.symbol_by_index(index).ok()?;
    let offset = symbol.address().wrapping_add_signed(relocation.addend());
    Some((symbol.section_index()?.0, offset))
}

fn starts_with_endbr(elf: &Elf<'_>, section: usize, offset: u64) -> bool {
    elf.section_by_index(object::SectionIndex(section))
        .and_then(|section| section.data_range(offset, ENDBR64.len() as u64))
        .is_ok_and(|code| code == Some(ENDBR64))
}
