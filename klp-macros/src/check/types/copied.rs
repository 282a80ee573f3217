// SPDX-License-Identifier: GPL-2.0-only
//! Whether values of a C type may be copied in Rust. Atomics and nodes of lists, and so locks and
//! whatever has any of them in it, are known to others by their address: a copy would not be.

use super::translate::rusts_own;
use klp_types::{Kind, Layout, Record, TypeId};
use std::collections::BTreeSet;

/// Deepest nesting of structs and arrays followed: input may loop.
const DEPTH: usize = 32;

/// Whether values of a type may be copied.
pub fn value(layout: &Layout, id: TypeId) -> bool {
    within(layout, id, DEPTH, &mut BTreeSet::new())
}

/// Whether a struct or union may be copied.
pub fn record(layout: &Layout, record: &Record) -> bool {
    members(layout, record, DEPTH, &mut BTreeSet::new())
}

/// `seen` has what was looked at: each type is, once.
fn within(layout: &Layout, id: TypeId, depth: usize, seen: &mut BTreeSet<TypeId>) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return false;
    };
    if !seen.insert(id) {
        return true;
    }
    match layout.kind(id) {
        Kind::Array { of, .. } => within(layout, of, depth, seen),
        Kind::Record { name } if rusts_own(&name).is_some() => false,
        Kind::Record { .. } => {
            let typedef = layout.typedef(id).unwrap_or_default();
            let record = layout.record(id).filter(|_| rusts_own(&typedef).is_none());
            record.is_some_and(|record| members(layout, &record, depth, seen))
        }
        _ => true,
    }
}

fn members(layout: &Layout, record: &Record, depth: usize, seen: &mut BTreeSet<TypeId>) -> bool {
    let mut members = record.members.iter();
    members.all(|member| within(layout, member.type_id, depth, seen))
}
