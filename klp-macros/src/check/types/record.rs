// SPDX-License-Identifier: GPL-2.0-only
//! A struct or union with the members that are wanted.

use super::align::{self, Alignment};
use super::copied;
use super::model::{BitValue, Member, Place, Record};
use super::translate::{Translator, ident};
use klp_types::{Encoding, Kind, Layout, RecordMember};
use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;

/// Deepest nesting of anonymous members followed: input may loop.
const DEPTH: usize = 32;

/// A member by name, those of anonymous structs and unions in place.
pub struct Flat {
    member: RecordMember,
    /// From the start of the outermost record.
    bit_offset: u64,
    /// Whether an anonymous union is around it.
    shared: bool,
}

impl Flat {
    /// The member's name.
    pub fn name(&self) -> &str {
        &self.member.name
    }
}

/// All named members.
pub fn flattened(layout: &Layout, record: &klp_types::Record) -> Vec<Flat> {
    let mut members = Vec::new();
    flatten(layout, record, (0, false), DEPTH, &mut members);
    members
}

fn flatten(
    layout: &Layout,
    record: &klp_types::Record,
    (base, shared): (u64, bool),
    depth: usize,
    members: &mut Vec<Flat>,
) {
    let Some(depth) = depth.checked_sub(1) else {
        return;
    };
    for member in &record.members {
        let bit_offset = base.saturating_add(member.bit_offset);
        if !member.name.is_empty() {
            members.push(Flat {
                member: member.clone(),
                bit_offset,
                shared,
            });
        } else if let Some(inner) = layout.record(member.type_id) {
            let shared = shared || inner.union;
            flatten(layout, &inner, (bit_offset, shared), depth, members);
        }
    }
}

/// A record with all its members, for one that nobody can name.
pub fn whole(translator: &mut Translator<'_>, ident: Ident, found: klp_types::Record) -> Record {
    let members = flattened(translator.layout, &found);
    let members = members.iter().map(|flat| (flat, None)).collect();
    with(translator, ident, &found, members)
}

/// A record with these members, each with the author's own word for it if there is one.
pub fn with(
    translator: &mut Translator<'_>,
    ident: Ident,
    found: &klp_types::Record,
    members: Vec<(&Flat, Option<&Ident>)>,
) -> Record {
    let owner = ident.unraw().to_string();
    let mut members: Vec<Member> = members
        .into_iter()
        .map(|(flat, written)| member(translator, &owner, flat, written))
        .collect();
    members.sort_by_key(|member| member.place.byte());
    let Alignment { align, packed } = align::of_record(translator.layout, found);
    Record {
        attributes: Vec::new(),
        in_c: match found.union {
            true => format!("union {owner}"),
            false => format!("struct {owner}"),
        },
        ident,
        union: found.union,
        size: usize::try_from(found.size).unwrap_or(0),
        align,
        packed,
        copied: copied::record(translator.layout, found),
        members,
    }
}

fn member(
    translator: &mut Translator<'_>,
    owner: &str,
    flat: &Flat,
    written: Option<&Ident>,
) -> Member {
    let span = written.map_or_else(Span::call_site, Ident::span);
    let place = format!("{owner}__{}", flat.name());
    let layout = translator.layout;
    Member {
        ident: ident(flat.name(), span),
        in_c: layout.spelled_in_c(flat.member.type_id),
        ty: translator.translate(flat.member.type_id, &place),
        copied: copied::value(layout, flat.member.type_id),
        place: placed(layout, flat),
    }
}

fn placed(layout: &Layout, flat: &Flat) -> Place {
    let bits = usize::try_from(flat.bit_offset).unwrap_or(usize::MAX);
    match flat.member.bit_size {
        Some(width) => Place::Bits {
            offset: bits,
            width,
            value: bit_value(layout, flat),
        },
        None if flat.shared => Place::Shared { offset: bits / 8 },
        None => Place::Field {
            offset: bits / 8,
            size: usize::try_from(layout.size(flat.member.type_id)).unwrap_or(0),
        },
    }
}

fn bit_value(layout: &Layout, flat: &Flat) -> BitValue {
    match layout.kind(flat.member.type_id) {
        Kind::Int {
            encoding: Encoding::Bool,
            ..
        } => BitValue::Bool,
        Kind::Int {
            encoding: Encoding::Signed,
            ..
        }
        | Kind::Enum { signed: true, .. } => BitValue::Signed,
        _ => BitValue::Unsigned,
    }
}

impl Place {
    /// The first byte.
    pub fn byte(&self) -> usize {
        match self {
            Self::Field { offset, .. } | Self::Shared { offset } => *offset,
            Self::Bits { offset, .. } => offset / 8,
        }
    }
}
