// SPDX-License-Identifier: GPL-2.0-only
//! Whether values of a C type may be copied in Rust. Those with atomics or nodes of lists in them,
//! and so those with locks, are known to others by their address: a copy would be no such thing.

use klp_types::{Kind, Layout, Record, TypeId};
use std::collections::BTreeSet;

/// Whether values of a type may be copied.
pub fn value(layout: &Layout, id: TypeId) -> bool {
    within(layout, id, &mut BTreeSet::new())
}

/// Whether a struct or union may be copied.
pub fn record(layout: &Layout, record: &Record) -> bool {
    members(layout, record, &mut BTreeSet::new())
}

/// `seen` has what is being looked at or may be copied: input may loop.
fn within(layout: &Layout, id: TypeId, seen: &mut BTreeSet<TypeId>) -> bool {
    match layout.kind(id) {
        Kind::Array { of, .. } => within(layout, of, seen),
        Kind::Record { name } if name == "list_head" => false,
        Kind::Record { .. } if is_atomic(layout, id) => false,
        Kind::Record { .. } => {
            let record = layout.record(id).filter(|_| seen.insert(id));
            record.is_none_or(|record| members(layout, &record, seen))
        }
        _ => true,
    }
}

fn members(layout: &Layout, record: &Record, seen: &mut BTreeSet<TypeId>) -> bool {
    let mut members = record.members.iter();
    members.all(|member| within(layout, member.type_id, seen))
}

fn is_atomic(layout: &Layout, id: TypeId) -> bool {
    let typedef = layout.typedef(id);
    typedef.is_some_and(|name| name == "atomic_t" || name == "atomic64_t")
}
