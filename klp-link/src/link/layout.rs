// SPDX-License-Identifier: GPL-2.0-only
//! Layouts of the target kernel's structs, with the link step's own errors.

use crate::profile::{Field, Layout, Profile};

use super::diagnostic::Diagnostic;
use super::messages;

/// The target kernel's types.
pub(crate) struct Layouts {
    btf: Layout,
}

impl Layouts {
    /// Reads the kernel's BTF.
    pub(crate) fn new(profile: &Profile) -> Result<Self, Diagnostic> {
        let btf = Layout::new(profile.release(), profile.btf())
            .map_err(|error| messages::no_layout(&error))?;
        Ok(Self { btf })
    }

    /// `sizeof(struct structure)`, in bytes.
    pub(crate) fn size(&self, structure: &str) -> Result<usize, Diagnostic> {
        let layout = self.btf.of_struct(structure);
        let layout = layout.map_err(|error| messages::no_layout(&error))?;
        to_usize(layout.size)
    }

    /// `offsetof(struct structure, member)`, in bytes.
    pub(crate) fn offset(&self, structure: &str, member: &str) -> Result<usize, Diagnostic> {
        to_usize(self.field(structure, member)?.offset)
    }

    /// The size of a member, in bytes.
    pub(crate) fn member_size(&self, structure: &str, member: &str) -> Result<usize, Diagnostic> {
        to_usize(self.field(structure, member)?.size)
    }

    /// The offset of a member, in bits.
    pub(crate) fn bit_offset(&self, structure: &str, member: &str) -> Result<u64, Diagnostic> {
        Ok(self.field(structure, member)?.bit_offset)
    }

    /// The width of a bit field, in bits; none for an ordinary member.
    pub(crate) fn bit_size(
        &self,
        structure: &str,
        member: &str,
    ) -> Result<Option<u32>, Diagnostic> {
        Ok(self.field(structure, member)?.bit_size)
    }

    /// The value of an enumerator of any enum, as the author asks for it.
    pub(crate) fn enumerator(&self, name: &str) -> Result<i64, Diagnostic> {
        let value = self.btf.enumerator(None, name);
        value.map_err(|error| messages::unknown_constant(&error))
    }

    /// The size of a struct, in bytes, as the author asks for it.
    pub(crate) fn size_number(&self, structure: &str) -> Result<i64, Diagnostic> {
        let layout = self.btf.of_struct(structure);
        let layout = layout.map_err(|error| messages::unknown_constant(&error))?;
        i64::try_from(layout.size).map_err(|_| messages::huge_layout(layout.size))
    }

    /// The offset of a member, in bytes, as the author asks for it.
    pub(crate) fn field_number(&self, structure: &str, member: &str) -> Result<i64, Diagnostic> {
        let field = self.btf.field(structure, member);
        let field = field.map_err(|error| messages::unknown_constant(&error))?;
        i64::try_from(field.offset).map_err(|_| messages::huge_layout(field.offset))
    }

    fn field(&self, structure: &str, member: &str) -> Result<Field, Diagnostic> {
        let field = self.btf.field(structure, member);
        field.map_err(|error| messages::no_layout(&error))
    }
}

fn to_usize(number: u64) -> Result<usize, Diagnostic> {
    usize::try_from(number).map_err(|_| messages::huge_layout(number))
}
