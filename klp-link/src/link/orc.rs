// SPDX-License-Identifier: GPL-2.0-only
//! ORC unwind data (`arch/x86/include/asm/orc_types.h`) from the compiler's call frame information.
//!
//! Without it every stack through the patch's code would be unreliable, and a task asleep in a
//! replaced function would block each later transition.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use gimli::{
    BaseAddresses, CfaRule, EhFrame, LittleEndian, Register, RegisterRule, UnwindContext,
    UnwindSection, UnwindTableRow, X86_64,
};
use object::build::elf::SectionId;
use object::elf;

use crate::profile::{OrcRegisters, Profile};

use super::diagnostic::Diagnostic;
use super::image::{Chunk, Image};
use super::layout::Layouts;
use super::messages;

/// How to find the caller's frame from one address on.
///
/// Offsets are in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    sp_reg: Reg,
    sp_offset: i16,
    bp_reg: Reg,
    bp_offset: i16,
    /// Whether this describes a frame at all; `false` ends the covered range.
    call: bool,
}

/// What an offset is from (`ORC_REG_*`, whose numbers differ between kernels).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reg {
    /// Of a frame: there is none. Of `%rbp`: it is as it was.
    Undefined,
    /// The caller's frame.
    PrevSp,
    /// `%rbp`.
    Bp,
    /// `%rsp`.
    Sp,
}

impl Entry {
    /// No code here, or none that can be unwound.
    const NONE: Self = Self {
        sp_reg: Reg::Undefined,
        sp_offset: 0,
        bp_reg: Reg::Undefined,
        bp_offset: 0,
        call: false,
    };

    /// Where a function was just called: its return address is on top of the stack.
    const AT_ENTRY: Self = Self {
        sp_reg: Reg::Sp,
        sp_offset: 8,
        bp_reg: Reg::Undefined,
        bp_offset: 0,
        call: true,
    };
}

/// Adds `.orc_unwind` and `.orc_unwind_ip` for all of `text`, of which the compiler made all but
/// `stubs`, and drops `.eh_frame`.
pub(crate) fn add(
    image: &mut Image<'_>,
    text: SectionId,
    stubs: &[Range<u64>],
    layouts: &Layouts,
    profile: &Profile,
) -> Result<(), Diagnostic> {
    let mut entries = entries(image, image.size(text))?;
    if let Some(frames) = image.section(".eh_frame") {
        image.delete(frames);
    }
    for stub in stubs {
        entries.insert(stub.start, Entry::AT_ENTRY);
        entries.insert(stub.end, Entry::NONE);
    }
    let entries = without_repeats(entries);
    let format = Format::new(layouts, profile)?;
    let symbol = image.section_symbol(text);
    let mut unwind = Chunk::default();
    let mut ip = Chunk::zeroed(entries.len() * 4);
    for (index, (&address, &entry)) in entries.iter().enumerate() {
        unwind.bytes.extend(format.encode(entry));
        ip.put_distance(index * 4, symbol, address);
    }
    image.add_section(".orc_unwind", elf::SHF_ALLOC, 1, unwind);
    image.add_section(".orc_unwind_ip", elf::SHF_ALLOC, 4, ip);
    if !profile.orc_header().is_empty() {
        let header = Chunk {
            bytes: profile.orc_header().to_vec(),
            relocations: Vec::new(),
        };
        image.add_section(".orc_header", elf::SHF_ALLOC, 1, header);
    }
    Ok(())
}

/// The entries of `.text` by address.
fn entries(image: &Image<'_>, text_size: u64) -> Result<BTreeMap<u64, Entry>, Diagnostic> {
    let mut entries = BTreeMap::from([(0, Entry::NONE), (text_size, Entry::NONE)]);
    let mut ends = Vec::new();
    rows(image, |_, row| {
        entries.insert(row.start_address(), entry(row));
        ends.push(row.end_address());
    })?;
    for end in ends {
        entries.entry(end).or_insert(Entry::NONE);
    }
    Ok(entries)
}

/// Looks at each row of call frame information, with the start of its function in `.text`.
pub(crate) fn rows(
    image: &Image<'_>,
    mut look: impl FnMut(u64, &UnwindTableRow<usize>),
) -> Result<(), Diagnostic> {
    let Some(frames) = image.section(".eh_frame") else {
        return Ok(());
    };
    let (data, live) = relocated(image, frames)?;
    let section = EhFrame::new(&data, LittleEndian);
    let bases = BaseAddresses::default().set_eh_frame(0).set_text(0);
    let mut context = UnwindContext::new();
    let mut records = section.entries(&bases);
    while let Some(record) = records.next().map_err(|e| messages::bad_frame_info(&e))? {
        let gimli::CieOrFde::Fde(partial) = record else {
            continue;
        };
        if !live.contains(&(partial.offset() as u64 + FDE_START)) {
            continue;
        }
        let fde = partial
            .parse(EhFrame::cie_from_offset)
            .map_err(|e| messages::bad_frame_info(&e))?;
        let mut rows = fde
            .rows(&section, &bases, &mut context)
            .map_err(|e| messages::bad_frame_info(&e))?;
        while let Some(row) = rows.next_row().map_err(|e| messages::bad_frame_info(&e))? {
            look(fde.initial_address(), row);
        }
    }
    Ok(())
}

/// The entries of which each differs from the one before.
fn without_repeats(entries: BTreeMap<u64, Entry>) -> BTreeMap<u64, Entry> {
    let mut previous = None;
    entries
        .into_iter()
        .filter(|&(_, entry)| previous.replace(entry) != Some(entry))
        .collect()
}

/// Where an FDE has the start of its function: behind its length and its distance to the CIE.
const FDE_START: u64 = 8;

/// `.eh_frame` with its distances to `.text` filled in, both taken to start at address 0, and the
/// offsets that were filled in.
///
/// The linker leaves the frame of a function that it dropped in place, without a relocation.
fn relocated(image: &Image<'_>, frames: SectionId) -> Result<(Vec<u8>, BTreeSet<u64>), Diagnostic> {
    let mut data = image.bytes(frames).to_vec();
    let mut live = BTreeSet::new();
    for relocation in image.relocations(frames) {
        if relocation.r_type == elf::R_X86_64_NONE {
            continue;
        }
        let symbol = relocation
            .symbol
            .map(|id| image.elf.symbols.get(id).st_value);
        let (Some(symbol), elf::R_X86_64_PC32) = (symbol, relocation.r_type) else {
            return Err(messages::bad_frame_info(
                &gimli::Error::UnknownPointerEncoding(gimli::DW_EH_PE_absptr),
            ));
        };
        let value = symbol
            .wrapping_add_signed(relocation.r_addend)
            .wrapping_sub(relocation.r_offset);
        data.get_mut(relocation.r_offset as usize..)
            .and_then(|bytes| bytes.first_chunk_mut())
            .map(|place: &mut [u8; 4]| *place = (value as u32).to_le_bytes())
            .ok_or_else(|| messages::bad_frame_info(&gimli::Error::OffsetOutOfBounds(0)))?;
        live.insert(relocation.r_offset);
    }
    Ok((data, live))
}

/// What ORC can say of one row of call frame information.
///
/// A row that ORC has no words for becomes [`Entry::NONE`]: the stack is then unreliable there,
/// which is safe.
fn entry(row: &UnwindTableRow<usize>) -> Entry {
    let CfaRule::RegisterAndOffset { register, offset } = *row.cfa() else {
        return Entry::NONE;
    };
    let sp_reg = match register {
        X86_64::RSP => Reg::Sp,
        X86_64::RBP => Reg::Bp,
        _ => return Entry::NONE,
    };
    let (Ok(sp_offset), Some((bp_reg, bp_offset))) =
        (i16::try_from(offset), saved_bp(row, register, offset))
    else {
        return Entry::NONE;
    };
    Entry {
        sp_reg,
        sp_offset,
        bp_reg,
        bp_offset,
        call: true,
    }
}

/// Where the caller's `%rbp` is: in the register still (`UNDEFINED` in ORC), or on the stack.
///
/// The compiler does not say when an epilogue has popped it: a slot that lies below the stack
/// pointer holds it no longer, the register does.
fn saved_bp(row: &UnwindTableRow<usize>, cfa: Register, cfa_offset: i64) -> Option<(Reg, i16)> {
    match row.register(X86_64::RBP) {
        None | Some(RegisterRule::Undefined | RegisterRule::SameValue) => Some((Reg::Undefined, 0)),
        Some(RegisterRule::Offset(offset)) if cfa == X86_64::RSP && cfa_offset + offset < 0 => {
            Some((Reg::Undefined, 0))
        }
        Some(RegisterRule::Offset(offset)) => Some((Reg::PrevSp, i16::try_from(offset).ok()?)),
        _ => None,
    }
}

/// The target kernel's `struct orc_entry`, by its BTF.
struct Format {
    size: usize,
    sp_offset: u64,
    bp_offset: u64,
    sp_reg: u64,
    bp_reg: u64,
    kind: u64,
    /// `ORC_TYPE_CALL`.
    call: u64,
    registers: OrcRegisters,
}

impl Format {
    fn new(layouts: &Layouts, profile: &Profile) -> Result<Self, Diagnostic> {
        let registers = profile.orc_registers();
        let registers = registers.ok_or_else(|| messages::unknown_orc(profile))?;
        let bit = |member| layouts.bit_offset("orc_entry", member);
        // Kernels before 6.4 have ORC_TYPE_CALL = 0 in a two-bit field and say "no frame" by
        // sp_reg alone; later ones have a three-bit field with UNDEFINED = 0 and CALL = 2.
        let call = match layouts.bit_size("orc_entry", "type")? {
            Some(2) => 0,
            _ => 2,
        };
        Ok(Self {
            size: layouts.size("orc_entry")?,
            sp_offset: bit("sp_offset")?,
            bp_offset: bit("bp_offset")?,
            sp_reg: bit("sp_reg")?,
            bp_reg: bit("bp_reg")?,
            kind: bit("type")?,
            call,
            registers,
        })
    }

    fn encode(&self, entry: Entry) -> Vec<u8> {
        let kind = if entry.call { self.call } else { 0 };
        let bits = (entry.sp_offset as u16 as u64) << self.sp_offset
            | (entry.bp_offset as u16 as u64) << self.bp_offset
            | self.number(entry.sp_reg) << self.sp_reg
            | self.number(entry.bp_reg) << self.bp_reg
            | kind << self.kind;
        bits.to_le_bytes().into_iter().take(self.size).collect()
    }

    fn number(&self, register: Reg) -> u64 {
        match register {
            Reg::Undefined => 0,
            Reg::PrevSp => self.registers.saved_bp.into(),
            Reg::Bp => self.registers.bp.into(),
            Reg::Sp => self.registers.sp.into(),
        }
    }
}
