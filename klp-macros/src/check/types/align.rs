// SPDX-License-Identifier: GPL-2.0-only
//! Alignment, which BTF does not record: that of the members, as the compiler would choose, unless
//! offsets or size say that the struct is packed.

use klp_types::{Kind, Layout, Record, TypeId};

/// Deepest nesting of structs and arrays followed: input may loop.
const DEPTH: usize = 32;
/// Alignment of the largest integers.
const LARGEST: u64 = 16;

/// How a record is laid out.
pub struct Alignment {
    /// In bytes; 1 when it is packed.
    pub align: usize,
    /// Whether it has members where their alignment would not let them be.
    pub packed: bool,
}

/// Alignment of a type in bytes.
pub fn of(layout: &Layout, id: TypeId) -> usize {
    usize::try_from(within(layout, id, DEPTH)).unwrap_or(1)
}

/// Alignment of a record.
pub fn of_record(layout: &Layout, record: &Record) -> Alignment {
    let align = record_within(layout, record, DEPTH);
    Alignment {
        align: usize::try_from(align.unwrap_or(1)).unwrap_or(1),
        packed: align.is_none(),
    }
}

fn within(layout: &Layout, id: TypeId, depth: usize) -> u64 {
    let Some(depth) = depth.checked_sub(1) else {
        return 1;
    };
    match layout.kind(id) {
        Kind::Int { size, .. } | Kind::Enum { size, .. } => size.clamp(1, LARGEST),
        Kind::Pointer { .. } => 8,
        Kind::Array { of, .. } => within(layout, of, depth),
        Kind::Record { .. } => {
            let record = layout.record(id);
            record
                .and_then(|record| record_within(layout, &record, depth))
                .unwrap_or(1)
        }
        _ => 1,
    }
}

/// `None` for packed records.
fn record_within(layout: &Layout, record: &Record, depth: usize) -> Option<u64> {
    let mut natural = 1;
    let mut packed = false;
    for member in &record.members {
        let align = within(layout, member.type_id, depth);
        natural = natural.max(align);
        let misplaced = !(member.bit_offset / 8).is_multiple_of(align);
        packed |= misplaced && member.bit_size.is_none();
    }
    packed |= !record.size.is_multiple_of(natural);
    (!packed).then_some(natural)
}
