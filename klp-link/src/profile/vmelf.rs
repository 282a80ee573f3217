// SPDX-License-Identifier: GPL-2.0-only
//! A `vmlinux` as a map from link-time addresses to bytes.

use object::read::elf::ElfFile64;
use object::{LittleEndian, Object, ObjectSection, SectionFlags, elf};

use super::bytes::slice_at;
use super::error::BuildError;
use crate::shared;

/// How many sections to look back for the one that holds an address.
const LOOK_BACK: usize = 8;

/// One allocated section of the kernel.
pub(crate) struct Section<'a> {
    pub(crate) name: &'a str,
    /// Link-time address of the first byte.
    pub(crate) address: u64,
    /// Size in bytes, also of a section without file contents.
    pub(crate) size: u64,
    /// File contents; empty for `.bss` and the like.
    pub(crate) data: &'a [u8],
    /// `SHF_EXECINSTR`.
    pub(crate) executable: bool,
    /// `SHF_WRITE`.
    pub(crate) writable: bool,
}

impl Section<'_> {
    /// First address after the section.
    pub(crate) fn end(&self) -> u64 {
        self.address.saturating_add(self.size)
    }

    /// Whether `address` lies in the section.
    pub(crate) fn contains(&self, address: u64) -> bool {
        (self.address..self.end()).contains(&address)
    }
}

/// The allocated sections of a `vmlinux`, in address order.
pub(crate) struct Vmlinux<'a> {
    sections: Vec<Section<'a>>,
}

impl<'a> Vmlinux<'a> {
    /// Reads the section headers.
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, BuildError> {
        if shared::in_file(bytes) {
            return Err(broken(&shared::REASON));
        }
        let file = ElfFile64::<LittleEndian>::parse(bytes).map_err(|error| broken(&error))?;
        if file.architecture() != object::Architecture::X86_64 {
            return Err(BuildError::Elf {
                what: "vmlinux".to_owned(),
                reason: format!("its machine is {:?}", file.architecture()),
            });
        }
        let mut sections = Vec::new();
        for section in file.sections() {
            sections.extend(read_section(&section).map_err(|error| broken(&error))?);
        }
        sections.sort_by_key(|section: &Section<'_>| section.address);
        Ok(Self { sections })
    }

    /// All sections.
    pub(crate) fn sections(&self) -> &[Section<'a>] {
        &self.sections
    }

    /// The section called `name`.
    pub(crate) fn section(&self, name: &str) -> Option<&Section<'a>> {
        self.sections.iter().find(|section| section.name == name)
    }

    /// Contents of the section called `name`; empty when there is none.
    pub(crate) fn data(&self, name: &str) -> &'a [u8] {
        self.section(name).map_or(&[], |section| section.data)
    }

    /// The section that `address` lies in, with its number.
    pub(crate) fn section_at(&self, address: u64) -> Option<(usize, &Section<'a>)> {
        let after = self
            .sections
            .partition_point(|section| section.address <= address);
        let before = self.sections.iter().enumerate().take(after).rev();
        // Empty sections may stand at the same address.
        before
            .take(LOOK_BACK)
            .find(|(_, section)| section.contains(address))
    }

    /// The file contents from `address` to the end of its section.
    pub(crate) fn bytes_from(&self, address: u64) -> Option<&'a [u8]> {
        let (_, section) = self.section_at(address)?;
        section
            .data
            .get(usize::try_from(address - section.address).ok()?..)
    }

    /// The file contents of `start..end`, which must lie in one section.
    pub(crate) fn bytes_between(&self, start: u64, end: u64) -> Option<&'a [u8]> {
        let length = usize::try_from(end.checked_sub(start)?).ok()?;
        slice_at(self.bytes_from(start)?, 0, length)
    }
}

fn broken(error: &dyn std::fmt::Display) -> BuildError {
    BuildError::Elf {
        what: "vmlinux".to_owned(),
        reason: error.to_string(),
    }
}

/// One section, or `None` when it takes no memory at run time.
fn read_section<'a>(
    section: &object::read::elf::ElfSection64<'a, '_, LittleEndian>,
) -> Result<Option<Section<'a>>, object::Error> {
    let SectionFlags::Elf { sh_flags, .. } = section.flags() else {
        return Ok(None);
    };
    let has = |flag| sh_flags.contains(flag);
    if !has(elf::SHF_ALLOC) {
        return Ok(None);
    }
    Ok(Some(Section {
        name: section.name()?,
        address: section.address(),
        size: section.size(),
        data: section.data()?,
        executable: has(elf::SHF_EXECINSTR),
        writable: has(elf::SHF_WRITE),
    }))
}
