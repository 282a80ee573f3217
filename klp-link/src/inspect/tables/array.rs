// SPDX-License-Identifier: GPL-2.0-only
//! Arrays of the kernel's structures, whose size differs from kernel to kernel.
//!
//! The file alone does not say how large an element is. But an array's symbol has its size, each
//! element but the last has a certain pointer at the same place, and the last is zeros: so many
//! pointers, so many elements.

use super::super::elf::{Elf, Place, Relocation};
use super::super::error::Error;

/// What every element but the last has.
pub(super) struct Form {
    /// For messages.
    pub(super) table: &'static str,
    /// The smallest element, in bytes.
    pub(super) least: u64,
    /// Where the pointer is.
    pub(super) pointer_at: u64,
    /// Whether it is a pointer of that kind, by the section that it points into.
    pub(super) points: fn(&Elf<'_>, usize) -> bool,
}

/// Where the elements of the array at `start` are, without the one that ends it.
pub(super) fn elements(elf: &Elf<'_>, start: Place, form: &Form) -> Result<Vec<Place>, Error> {
    let broken = |reason: &str| Error::table(form.table, reason);
    let size = elf
        .size(start)
        .ok_or_else(|| broken("no symbol says how large it is"))?;
    let end = start.offset.checked_add(size);
    let end = end.ok_or_else(|| broken("its symbol is larger than any file"))?;
    let is_one = |relocation: &&Relocation| {
        let target = elf.target(relocation, relocation.addend);
        target.is_some_and(|target| (form.points)(elf, target.section))
    };
    let relocations = elf.relocations_in(start, end).iter();
    let offsets: Vec<_> = relocations.filter(is_one).map(|r| r.offset).collect();
    let elements = offsets.len() as u64 + 1;
    let each = size / elements;
    if !size.is_multiple_of(elements) || !each.is_multiple_of(8) || each < form.least {
        return Err(broken("its size does not fit the number of its elements"));
    }
    let places = (0..elements - 1).map(|index| start.plus(index * each));
    let places: Vec<_> = places.collect();
    let expected = places
        .iter()
        .map(|place| place.plus(form.pointer_at).offset);
    match expected.eq(offsets) {
        true => Ok(places),
        false => Err(broken("its elements are not at equal distances")),
    }
}
