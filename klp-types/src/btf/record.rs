// SPDX-License-Identifier: GPL-2.0-only
//! Structs and unions as they are declared, anonymous members included.

use btf_rs::{BtfType, Struct, Type};

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
        let tagged = self.find(name, |kind| self.record_of(&kind));
        let typedef = || {
            self.find(name, |kind| match kind {
                Type::Typedef(found) => self.record(TypeId(found.get_type_id()?)),
                _ => None,
            })
        };
        tagged.or_else(typedef).ok_or_else(|| self.no_struct(name))
    }

    /// The struct or union that a type is.
    pub fn record(&self, id: TypeId) -> Option<Record> {
        match self.stripped(id.0)? {
            Type::Fwd(found) => self.find(&self.name_of(&found), |kind| self.record_of(&kind)),
            kind => self.record_of(&kind),
        }
    }

    fn record_of(&self, kind: &Type) -> Option<Record> {
        match kind {
            Type::Struct(found) => Some(self.as_record(found, false)),
            Type::Union(found) => Some(self.as_record(found, true)),
            _ => None,
        }
    }

    fn as_record(&self, found: &Struct, union: bool) -> Record {
        let members = found.members.iter().map(|member| RecordMember {
            name: self.name_of(member),
            bit_offset: member.bit_offset().into(),
            bit_size: member.bitfield_size().filter(|size| *size != 0),
            type_id: TypeId(member.get_type_id().unwrap_or(0)),
        });
        Record {
            name: self.name_of(found),
            union,
            size: found.size() as u64,
            members: members.collect(),
        }
    }
}
