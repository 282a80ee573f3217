// SPDX-License-Identifier: GPL-2.0-only
//! The numbers that the kernel has for registers in ORC unwind data (`ORC_REG_*`,
//! `arch/x86/include/asm/orc_types.h`): macros, which no type information has. 7.x numbers them anew.
//!
//! They are read from the kernel's own table, by what is common there: nearly all frames are found
//! from the stack pointer, nearly all others from `%rbp`, and where `%rbp` was saved, it is at a
//! distance from the caller's frame.

use std::collections::BTreeMap;

use crate::profile::Layout;
use crate::profile::facts::OrcRegisters;

/// A number of a bit field, and how often it was seen.
type Counts = BTreeMap<u64, usize>;

/// The numbers, where the table leaves no doubt.
pub(super) fn registers(table: &[u8], layout: &Layout) -> Option<OrcRegisters> {
    let entry = layout.of_struct("orc_entry").ok()?;
    let size = usize::try_from(entry.size).ok().filter(|size| *size > 0)?;
    let field = |name| {
        let field = layout.field("orc_entry", name).ok()?;
        Some((field.bit_offset, field.bit_size?))
    };
    let (sp_reg, bp_reg) = (field("sp_reg")?, field("bp_reg")?);
    let pairs: Vec<_> = table
        .chunks_exact(size)
        .map(|entry| (bits(entry, sp_reg), bits(entry, bp_reg)))
        .collect();
    let bases = counts(pairs.iter().map(|(sp_reg, _)| *sp_reg));
    let sp = most_common(&bases)?;
    let saved = pairs.iter().filter(|(sp_reg, _)| *sp_reg == u64::from(sp));
    Some(OrcRegisters {
        sp,
        bp: most_common(&without(&bases, u64::from(sp)))?,
        saved_bp: most_common(&counts(saved.map(|(_, bp_reg)| *bp_reg)))?,
    })
}

/// The bits of a little-endian number of at most 8 bytes.
fn bits(entry: &[u8], (offset, width): (u64, u32)) -> u64 {
    let number = entry
        .iter()
        .take(8)
        .rev()
        .fold(0, |number, byte| number << 8 | u64::from(*byte));
    let mask = 1_u64.checked_shl(width).map_or(u64::MAX, |bit| bit - 1);
    number.checked_shr(offset as u32).unwrap_or(0) & mask
}

/// How often each number is there; 0 is "undefined", whatever the numbering.
fn counts(numbers: impl Iterator<Item = u64>) -> Counts {
    let mut counts = Counts::new();
    for number in numbers.filter(|number| *number != 0) {
        *counts.entry(number).or_default() += 1;
    }
    counts
}

fn without(counts: &Counts, number: u64) -> Counts {
    let others = counts.iter().filter(|(other, _)| **other != number);
    others.map(|(number, count)| (*number, *count)).collect()
}

/// The number that is there far more often than any other: four times.
fn most_common(counts: &Counts) -> Option<u8> {
    let (number, most) = counts.iter().max_by_key(|(_, count)| **count)?;
    let others = counts.iter().filter(|(other, _)| *other != number);
    let second = others.map(|(_, count)| *count).max().unwrap_or(0);
    (second.saturating_mul(4) < *most).then(|| u8::try_from(*number).ok())?
}

#[cfg(test)]
mod tests {
    use super::{counts, most_common};

    #[test]
    fn what_is_common_is_sure() {
        let seen = [5, 5, 0, 5, 0, 0, 5, 5, 4];
        assert_eq!(most_common(&counts(seen.into_iter())), Some(5));
    }

    #[test]
    fn what_is_not_is_in_doubt() {
        assert_eq!(most_common(&counts([5, 5, 5, 4].into_iter())), None);
        assert_eq!(most_common(&counts([0, 0].into_iter())), None);
    }
}
