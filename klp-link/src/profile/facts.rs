// SPDX-License-Identifier: GPL-2.0-only
//! Small facts about a kernel that profiles store and hand out as they are.

use rkyv::{Archive, Deserialize, Serialize};

/// Link-time addresses from `start` up to, not including, `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Archive, Serialize, Deserialize)]
pub struct AddressRange {
    /// First address.
    pub start: u64,
    /// First address after the range.
    pub end: u64,
}

impl AddressRange {
    /// Whether `address` lies in the range.
    pub fn contains(&self, address: u64) -> bool {
        (self.start..self.end).contains(&address)
    }
}

/// What the kernel was built with that code loaded into it must follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Archive, Serialize, Deserialize)]
pub struct Mitigations {
    /// Returns must jump to `__x86_return_thunk` and be listed in `.return_sites`
    /// (`CONFIG_RETHUNK`).
    pub return_thunk: bool,
    /// Indirect branches must go through `__x86_indirect_thunk_*` and be listed in
    /// `.retpoline_sites` (`CONFIG_RETPOLINE`).
    pub retpoline: bool,
    /// Functions called indirectly must start with `endbr64` (`CONFIG_X86_KERNEL_IBT`).
    pub ibt: bool,
    /// Modules must carry `__versions` with the CRC of every import (`CONFIG_MODVERSIONS`).
    pub modversions: bool,
}

/// The kernel's numbers for registers in ORC unwind data (`ORC_REG_*`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Archive, Serialize, Deserialize)]
pub struct OrcRegisters {
    /// As `sp_reg`: the caller's frame is found from the stack pointer.
    pub sp: u8,
    /// As `sp_reg`: it is found from `%rbp`.
    pub bp: u8,
    /// As `bp_reg`: the caller's `%rbp` lies at a distance from the caller's frame.
    pub saved_bp: u8,
}

/// What kind of memory a symbol lies in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
#[non_exhaustive]
pub enum SectionKind {
    /// Code that stays.
    Text = 0,
    /// Code that is freed after boot or module init.
    InitText = 1,
    /// Constant data.
    Rodata = 2,
    /// Writable data.
    Data = 3,
    /// Data that is freed after boot or module init.
    InitData = 4,
    /// Zeroed data.
    Bss = 5,
    /// Per-CPU data; the address is the link-time one, of no CPU's copy.
    Percpu = 6,
    /// A number, not a place.
    Absolute = 7,
    /// In no known section, such as a label at a section's end.
    Other = 8,
}

impl SectionKind {
    /// The kind with this number in a profile; unknown numbers are `Other`.
    pub(crate) fn from_code(code: u8) -> Self {
        match code {
            0 => Self::Text,
            1 => Self::InitText,
            2 => Self::Rodata,
            3 => Self::Data,
            4 => Self::InitData,
            5 => Self::Bss,
            6 => Self::Percpu,
            7 => Self::Absolute,
            _ => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_round_trip() {
        for code in 0..=8 {
            assert_eq!(SectionKind::from_code(code) as u8, code);
        }
    }
}
