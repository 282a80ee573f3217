// SPDX-License-Identifier: GPL-2.0-only
//! The archived form of a profile: fixed-size records that point into one blob of names.
//!
//! Everything here is part of the file format: change [`super::file::VERSION`] with it.

use rkyv::{Archive, Deserialize, Serialize};

use super::facts::{AddressRange, Mitigations, OrcRegisters};

/// Everything a profile holds, owned. [`super::ProfileBuilder`] makes it, [`Self::write`] stores it.
#[derive(Debug, Clone, Archive, Serialize, Deserialize)]
pub struct ProfileData {
    pub(crate) release: String,
    pub(crate) vermagic: String,
    pub(crate) banner: String,
    pub(crate) mitigations: Mitigations,
    /// Bit of `TIF_PATCH_PENDING`, where it could be found.
    pub(crate) patch_pending: Option<u8>,
    pub(crate) orc_registers: Option<OrcRegisters>,
    pub(crate) init_ranges: Vec<AddressRange>,
    /// All strings, back to back.
    pub(crate) names: String,
    /// `vmlinux` first.
    pub(crate) objects: Vec<ObjectRecord>,
    /// Sorted by name; of two with one name the first provider comes first.
    pub(crate) exports: Vec<ExportRecord>,
    pub(crate) btf: Vec<u8>,
    /// Contents of `.orc_header`; empty before 6.4.
    pub(crate) orc_header: Vec<u8>,
}

/// A string in [`ProfileData::names`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Archive, Serialize, Deserialize)]
pub(crate) struct NameRef {
    pub(crate) offset: u32,
    pub(crate) length: u32,
}

/// `vmlinux` or one module.
#[derive(Debug, Clone, Archive, Serialize, Deserialize)]
pub(crate) struct ObjectRecord {
    pub(crate) name: String,
    pub(crate) srcversion: Option<String>,
    pub(crate) build_id: Option<Vec<u8>>,
    /// Section names that symbols refer to.
    pub(crate) sections: Vec<String>,
    /// In kallsyms order.
    pub(crate) symbols: Vec<SymbolRecord>,
    /// Positions in `symbols`, sorted by name, then by position.
    pub(crate) by_name: Vec<u32>,
    /// Split BTF of a module; empty for `vmlinux`, whose BTF is the profile's.
    pub(crate) btf: Vec<u8>,
}

/// One symbol.
#[derive(Debug, Clone, Copy, Archive, Serialize, Deserialize)]
pub(crate) struct SymbolRecord {
    /// Link-time address, or offset in the section for a module.
    pub(crate) address: u64,
    pub(crate) size: u64,
    pub(crate) name: NameRef,
    /// Source file of a module's local symbol; empty where unknown.
    pub(crate) file: NameRef,
    /// From 1; 0 when it cannot be addressed by position (a module's init symbol).
    pub(crate) sympos: u32,
    /// Index in [`ObjectRecord::sections`]; [`NO_SECTION`] when in none.
    pub(crate) section: u16,
    /// Type letter of `/proc/kallsyms`.
    pub(crate) kind: u8,
    /// [`super::SectionKind`] as a number.
    pub(crate) section_kind: u8,
    /// Distance of the ftrace location from the address; [`NOT_TRACED`] when there is none.
    pub(crate) ftrace: u8,
    pub(crate) init: bool,
}

/// [`SymbolRecord::section`] of a symbol in no section.
pub(crate) const NO_SECTION: u16 = u16::MAX;
/// [`SymbolRecord::ftrace`] of a symbol without an ftrace location.
pub(crate) const NOT_TRACED: u8 = u8::MAX;

/// One exported symbol.
#[derive(Debug, Clone, Copy, Archive, Serialize, Deserialize)]
pub(crate) struct ExportRecord {
    pub(crate) name: NameRef,
    /// Empty for none.
    pub(crate) namespace: NameRef,
    pub(crate) crc: Option<u32>,
    /// Index in [`ProfileData::objects`].
    pub(crate) provider: u32,
    pub(crate) gpl: bool,
}

impl ProfileData {
    /// Kernel release, e.g. `6.1.0-56-cloud-amd64` (`uname -r`).
    pub fn release(&self) -> &str {
        &self.release
    }
}
