// SPDX-License-Identifier: GPL-2.0-only
//! Machine code of the kernel, by the kernel's own decoder: where instructions end, and where they
//! jump to.

use crate::kernel::{insn, insn_field};
use core::ffi::{c_int, c_void};
use core::iter::from_fn;
use core::mem::MaybeUninit;
use core::ops::Range;
use klp_kernel::enumerator;
use klp_kernel::prelude::*;

#[kernel(object = "vmlinux")]
unsafe extern "C" {
    /// `arch/x86/lib/insn.c`.
    fn insn_decode(insn: *mut insn, kaddr: *const c_void, buf_len: c_int, m: c_int) -> c_int;
}

/// An instruction.
#[derive(Clone, Copy)]
pub struct Instruction {
    /// Where it starts.
    pub at: usize,
    /// Its length in bytes.
    pub length: usize,
    /// Where it may go on but at its end.
    pub branch: Branch,
}

/// Where an instruction may go on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Branch {
    /// At its end, be it after a call.
    None,
    /// Here as well.
    To(usize),
    /// Nobody knows where.
    Anywhere,
}

/// The instructions from `code`'s start on, as long as there are any that the kernel knows.
pub fn instructions(code: Range<usize>) -> impl Iterator<Item = Instruction> {
    let mut at = code.start;
    from_fn(move || {
        let found = decode(at, code.end.checked_sub(at)?)?;
        at += found.length;
        Some(found)
    })
}

/// Whether `holds` for each instruction's branch in `code`, all of which the kernel knows.
pub fn all_branches(code: Range<usize>, holds: impl Fn(Branch) -> bool) -> bool {
    let mut end = code.start;
    let all = instructions(code.clone()).all(|instruction| {
        end = instruction.at + instruction.length;
        holds(instruction.branch)
    });
    all && end == code.end
}

/// The instruction at an address, which has so many bytes at most.
fn decode(at: usize, room: usize) -> Option<Instruction> {
    if room == 0 {
        return None;
    }
    let mut decoded = MaybeUninit::<insn>::zeroed();
    let decoded: *mut insn = decoded.as_mut_ptr();
    let room = room.min(LONGEST) as c_int;
    let mode = enumerator!(INSN_MODE_KERN) as c_int;
    // SAFETY: the kernel's code can be read, and the decoder stays within the length.
    let failed = unsafe { insn_decode(decoded, at as *const c_void, room, mode) } != 0;
    // SAFETY: decoded.
    let length = usize::from(unsafe { insn::length(decoded).cast::<u8>().read() });
    (!failed && length > 0).then(|| Instruction {
        at,
        length,
        // SAFETY: decoded.
        branch: unsafe { branch(decoded, at + length) },
    })
}

/// The longest instruction (`MAX_INSN_SIZE`).
const LONGEST: usize = 15;

/// # Safety
/// The instruction must have been decoded.
unsafe fn branch(decoded: *mut insn, end: usize) -> Branch {
    // SAFETY: the caller vouches for it.
    let value = |field: *mut insn_field| unsafe { insn_field::value(field).read() };
    let immediate = value(insn::immediate(decoded));
    let to = || Branch::To(end.wrapping_add_signed(immediate as isize));
    // The bytes of the opcode, the first one lowest.
    match value(insn::opcode(decoded)).to_le_bytes() {
        // Jumps on a condition, loops, and jumps without one.
        [0x70..=0x7f | 0xe0..=0xe3 | 0xe9 | 0xeb, ..] | [0x0f, 0x80..=0x8f, ..] => to(),
        // A far jump; a jump to what a register or memory says.
        [0xea, ..] => Branch::Anywhere,
        [0xff, ..] if matches!(value(insn::modrm(decoded)) >> 3 & 7, 4 | 5) => Branch::Anywhere,
        _ => Branch::None,
    }
}
