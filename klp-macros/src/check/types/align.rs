// SPDX-License-Identifier: GPL-2.0-only
//! Alignment, which BTF does not record: that of the members, as the compiler would choose, unless
//! offsets or size say that the struct is packed.

use klp_types::{Kind, Layout, Record, TypeId};

/// Deepest nesting of structs and arrays followed: input may loop.
const DEPTH: usize = 32;
/// Alignment of the largest integers.
const LARGEST: u64 = 16;

/// Alignment of a type in bytes.
pub fn of(layout: &Layout, id: TypeId) -> usize {
    usize::try_from(within(layout, id, DEPTH)).unwrap_or(1)
}

/// Alignment of a record in bytes; 1 when it is packed.
pub fn of_record(layout: &Layout, record: &Record) -> usize {
    usize::try_from(record_within(layout, record, DEPTH)).unwrap_or(1)
}

/// Whether a record has members where its alignment would not let them be.
pub fn is_packed(layout: &Layout, record: &Record) -> bool {
    let natural = natural(layout, record, DEPTH);
    let misplaced = |bits: u64, align: u64| !(bits / 8).is_multiple_of(align);
    let mut plain = record
        .members
        .iter()
        .filter(|member| member.bit_size.is_none());
    !record.size.is_multiple_of(natural)
        || plain.any(|member| misplaced(member.bit_offset, within(layout, member.type_id, DEPTH)))
}

fn within(layout: &Layout, id: TypeId, depth: usize) -> u64 {
    let Some(depth) = depth.checked_sub(1) else {
        return 1;
    };
    match layout.kind(id) {
        Kind::Int { size, .. } | Kind::Enum { size, .. } => size.clamp(1, LARGEST),
        Kind::Pointer { .. } => 8,
        Kind::Array { of, .. } => within(layout, of, depth),
        Kind::Record { .. } => match layout.record(id) {
            Some(record) => record_within(layout, &record, depth),
            None => 1,
        },
        _ => 1,
    }
}

fn record_within(layout: &Layout, record: &Record, depth: usize) -> u64 {
    match is_packed(layout, record) {
        true => 1,
        false => natural(layout, record, depth),
    }
}

fn natural(layout: &Layout, record: &Record, depth: usize) -> u64 {
    let members = record.members.iter();
    let aligns = members.map(|member| within(layout, member.type_id, depth));
    aligns.max().unwrap_or(1)
}
