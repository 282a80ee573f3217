// SPDX-License-Identifier: GPL-2.0-only
//! Structs and unions as they are declared, anonymous members included.

use super::members::is_record;
use super::raw::{Class, RawType};
use super::{Layout, LayoutError, TypeId};

/// A struct or union.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Record {
    /// Its name; empty for none.
    pub name: String,
    /// Whether it is a union.
    pub union: bool,
    /// `sizeof`, in bytes.
    pub size: u64,
    /// Its members in order.
    pub members: Vec<RecordMember>,
}

/// A member as it is declared.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordMember {
    /// Its name; empty for an anonymous struct, union or bit field.
    pub name: String,
    /// Where it starts, in bits.
    pub bit_offset: u64,
    /// Its width in bits, when it is a bit field.
    pub bit_size: Option<u32>,
    /// Its type.
    pub type_id: TypeId,
}

impl Layout {
    /// The struct or union of this name, by tag or, where it has none, by typedef.
    pub fn of_record(&self, name: &str) -> Result<Record, LayoutError> {
        let tagged = self.find(name, |found| self.as_record(found));
        let typedef = || {
            self.find(name, |found| match found.class {
                Class::Typedef => self.record(TypeId(found.word)),
                _ => None,
            })
        };
        tagged.or_else(typedef).ok_or_else(|| self.no_struct(name))
    }

    /// The struct or union that a type is.
    pub fn record(&self, id: TypeId) -> Option<Record> {
        let found = self.stripped(id.0)?;
        match found.class {
            Class::Fwd => self.find(self.btf.string(found.name), |found| self.as_record(found)),
            _ => self.as_record(found),
        }
    }

    fn as_record(&self, found: RawType<'_>) -> Option<Record> {
        let members = found.members().map(|member| RecordMember {
            name: self.name(member.name),
            bit_offset: member.bit_offset.into(),
            bit_size: member.bit_size,
            type_id: TypeId(member.type_id),
        });
        is_record(found.class).then(|| Record {
            name: self.name(found.name),
            union: found.class == Class::Union,
            size: found.size(),
            members: members.collect(),
        })
    }
}
