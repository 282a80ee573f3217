// SPDX-License-Identifier: GPL-2.0-only
//! `kallsyms_offsets`: where it lies and how it encodes addresses.

use super::names::Names;
use super::tokens::Tokens;
use crate::profile::bytes::{i32_at, u64_at};
use crate::profile::vmelf::Section;

/// Size and alignment of `kallsyms_relative_base`, in bytes.
const BASE: usize = 8;

/// How an offset becomes an address.
#[derive(Debug, Clone, Copy)]
enum Encoding {
    /// `CONFIG_KALLSYMS_ABSOLUTE_PERCPU`: not negative is absolute, negative counts from base - 1.
    AbsolutePercpu(u64),
    /// Unsigned distance from the base.
    Relative(u64),
    /// Signed distance from the entry's own address (no base any more).
    Place(u64),
}

impl Encoding {
    fn address(self, position: usize, offset: i32) -> u64 {
        let sign_extended = i64::from(offset).cast_unsigned();
        match self {
            Self::AbsolutePercpu(_) if offset >= 0 => sign_extended,
            Self::AbsolutePercpu(base) => base.wrapping_sub(1).wrapping_sub(sign_extended),
            Self::Relative(base) => base.wrapping_add(u64::from(offset.cast_unsigned())),
            Self::Place(table) => table
                .wrapping_add(position as u64 * 4)
                .wrapping_add(sign_extended),
        }
    }
}

/// The address of every symbol, from the first known layout whose result holds together.
pub(super) fn find(
    section: &Section<'_>,
    tokens: &Tokens<'_>,
    names: &Names<'_>,
    symbols: &[(u8, String)],
    text: u64,
) -> Option<Vec<u64>> {
    layouts(section, tokens, names)
        .into_iter()
        .find_map(|(table, encoding)| {
            let addresses = decode(section.data, table, names.count, encoding)?;
            let sorted = addresses.is_sorted();
            (sorted && fits_text(symbols, &addresses, text)).then_some(addresses)
        })
}

/// Every known place of the offset table, with each encoding.
fn layouts(
    section: &Section<'_>,
    tokens: &Tokens<'_>,
    names: &Names<'_>,
) -> Vec<(usize, Encoding)> {
    let early = early_table(names).map(|table| (table, names.count_offset.checked_sub(BASE)));
    let late = tokens
        .index_end
        .checked_next_multiple_of(tokens.align)
        .map(|table| (table, late_base(table, names.count)));
    let mut layouts = Vec::new();
    for (table, base_offset) in [late, early].into_iter().flatten() {
        let base = base_offset.and_then(|offset| u64_at(section.data, offset));
        if let Some(base) = base {
            layouts.push((table, Encoding::AbsolutePercpu(base)));
            layouts.push((table, Encoding::Relative(base)));
        }
        layouts.push((
            table,
            Encoding::Place(section.address.wrapping_add(table as u64)),
        ));
    }
    layouts
}

/// Up to 6.4: offsets, base, count.
fn early_table(names: &Names<'_>) -> Option<usize> {
    let bytes = names.count.checked_mul(4)?.checked_next_multiple_of(BASE)?;
    names.count_offset.checked_sub(BASE)?.checked_sub(bytes)
}

/// From 6.5: the base follows the offsets.
fn late_base(table: usize, count: usize) -> Option<usize> {
    table
        .checked_add(count.checked_mul(4)?)?
        .checked_next_multiple_of(BASE)
}

fn decode(data: &[u8], table: usize, count: usize, encoding: Encoding) -> Option<Vec<u64>> {
    (0..count)
        .map(|position| {
            let offset = i32_at(data, table.checked_add(position.checked_mul(4)?)?)?;
            Some(encoding.address(position, offset))
        })
        .collect()
}

/// `_text` and `_stext`, which every kernel has, must be where the ELF file has `.text`.
fn fits_text(symbols: &[(u8, String)], addresses: &[u64], text: u64) -> bool {
    let mut landmarks = symbols
        .iter()
        .zip(addresses)
        .filter(|((_, name), _)| name == "_text" || name == "_stext")
        .map(|(_, address)| *address)
        .peekable();
    landmarks.peek().is_some() && landmarks.all(|address| address == text)
}
