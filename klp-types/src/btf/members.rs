// SPDX-License-Identifier: GPL-2.0-only
//! Structs, unions and paths into them.

use super::raw::{Class, RawType};
use super::{Layout, LayoutError, TypeId};
use crate::nearest;

/// Deepest nesting of anonymous members followed, and most members visited: input may loop.
const DEPTH: usize = 32;
const VISITS: usize = 1 << 14;
const SUGGESTIONS: usize = 3;

/// Size and members of a struct or union.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StructLayout {
    /// Its name, without `struct`.
    pub name: String,
    /// `sizeof`, in bytes.
    pub size: u64,
    /// Its named members in order; those of anonymous structs and unions are listed in place.
    pub members: Vec<Member>,
}

/// A named member.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Member {
    /// Member name.
    pub name: String,
    /// Where it is.
    pub field: Field,
}

/// Where a field lies, from the start of the outermost struct.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Field {
    /// `offsetof` in bytes; of a bit field the byte its first bit is in.
    pub offset: u64,
    /// Offset in bits from the start of the struct.
    pub bit_offset: u64,
    /// Width of a bit field in bits; none for ordinary members.
    pub bit_size: Option<u32>,
    /// `sizeof` of its type, in bytes; 0 for flexible arrays.
    pub size: u64,
    /// C spelling of its type.
    pub type_name: String,
    /// BTF number of its type, to follow paths.
    type_id: u32,
}

impl Field {
    /// Its type itself.
    pub fn type_id(&self) -> TypeId {
        TypeId(self.type_id)
    }
}

impl Layout {
    /// The struct or union of this name.
    pub fn of_struct(&self, name: &str) -> Result<StructLayout, LayoutError> {
        let layout = self.find(name, |found| {
            is_record(found.class).then(|| self.layout(name, found))
        });
        layout.ok_or_else(|| self.no_struct(name))
    }

    /// Names of all structs and unions; static definitions may share one.
    pub fn record_names(&self) -> Vec<&str> {
        self.names(|found| is_record(found.class))
    }

    /// The field at a dotted path of members, e.g. `field("task_struct", "thread_info.flags")`.
    pub fn field(&self, structure: &str, path: &str) -> Result<Field, LayoutError> {
        let mut layout = self.of_struct(structure)?;
        let mut parts = path.split('.').peekable();
        let mut base_bits = 0;
        while let Some(part) = parts.next() {
            let member = layout.member(part);
            let mut field = member
                .ok_or_else(|| self.no_member(&layout, part))?
                .field
                .clone();
            base_bits += field.bit_offset;
            let Some(next) = parts.peek() else {
                field.bit_offset = base_bits;
                field.offset = base_bits / 8;
                return Ok(field);
            };
            let owner = format!("{}.{part}", layout.name);
            layout = match self.stripped(field.type_id) {
                Some(inner) if is_record(inner.class) => self.layout(&owner, inner),
                _ => {
                    return Err(LayoutError::NotAStruct {
                        owner,
                        name: (*next).to_owned(),
                    });
                }
            };
        }
        Err(self.no_member(&layout, path))
    }

    fn layout(&self, name: &str, found: RawType<'_>) -> StructLayout {
        let mut members = Vec::new();
        let mut visits = VISITS;
        self.collect(found, (0, DEPTH), &mut visits, &mut members);
        StructLayout {
            name: name.to_owned(),
            size: found.size(),
            members,
        }
    }

    fn collect(
        &self,
        found: RawType<'_>,
        (base_bits, depth): (u64, usize),
        visits: &mut usize,
        members: &mut Vec<Member>,
    ) {
        let Some(depth) = depth.checked_sub(1) else {
            return;
        };
        for member in found.members() {
            let Some(rest) = visits.checked_sub(1) else {
                return;
            };
            *visits = rest;
            let bits = base_bits + u64::from(member.bit_offset);
            let name = self.name(member.name);
            let inner = self.stripped(member.type_id);
            if !name.is_empty() {
                let field = self.field_at(bits, member.bit_size, member.type_id);
                members.push(Member { name, field });
            } else if let Some(inner) = inner.filter(|inner| is_record(inner.class)) {
                self.collect(inner, (bits, depth), visits, members);
            }
        }
    }

    fn field_at(&self, bit_offset: u64, bit_size: Option<u32>, type_id: u32) -> Field {
        Field {
            offset: bit_offset / 8,
            bit_offset,
            bit_size,
            size: self.size_of(type_id),
            type_name: self.spelling(type_id),
            type_id,
        }
    }

    pub(super) fn no_struct(&self, name: &str) -> LayoutError {
        let names = self.record_names();
        LayoutError::NotFound {
            kernel: self.kernel.clone(),
            what: "struct or union",
            name: name.to_owned(),
            nearest: owned(nearest(name, SUGGESTIONS, names.into_iter())),
        }
    }

    fn no_member(&self, owner: &StructLayout, name: &str) -> LayoutError {
        let names = owner.members.iter().map(|member| member.name.as_str());
        LayoutError::NoMember {
            kernel: self.kernel.clone(),
            owner: owner.name.clone(),
            name: name.to_owned(),
            nearest: owned(nearest(name, SUGGESTIONS, names)),
        }
    }
}

impl StructLayout {
    /// The member of this name.
    pub fn member(&self, name: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.name == name)
    }
}

/// Whether it is a struct or union.
pub(super) fn is_record(class: Class) -> bool {
    matches!(class, Class::Struct | Class::Union)
}

/// Suggestions as an error keeps them.
pub(super) fn owned(names: Vec<&str>) -> Vec<String> {
    names.into_iter().map(str::to_owned).collect()
}
