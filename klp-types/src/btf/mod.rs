// SPDX-License-Identifier: GPL-2.0-only
//! Layouts from BTF (include/uapi/linux/btf.h): sizes, offsets, enumerators, prototypes.
//!
//! btf-rs does the parsing: 20-45 ms for a 6.1 kernel's 4 MB, then every lookup is a hash lookup.
//! Keep one [`Layout`] for all questions.

mod enums;
mod error;
mod kind;
mod members;
mod proto;
mod record;
mod types;

use btf_rs::{Btf, Type};

pub use enums::{Enumeration, Enumerator};
pub use error::LayoutError;
pub use kind::{Encoding, Kind, TypeId};
pub use members::{Field, Member, StructLayout};
pub use proto::{Parameter, Prototype};
pub use record::{Record, RecordMember};

/// `BTF_MAGIC`.
const MAGIC: u16 = 0xeb9f;
/// Size of `struct btf_header`.
const HEADER: usize = 24;

/// Answers questions about the types of a kernel, or of a module on top of it.
pub struct Layout {
    btf: Btf,
}

impl Layout {
    /// From the raw BTF of a kernel (`/sys/kernel/btf/vmlinux`, or the profile's).
    pub fn new(btf: &[u8]) -> Result<Self, LayoutError> {
        check_header(btf)?;
        let btf = Btf::from_bytes(btf).map_err(LayoutError::broken)?;
        Ok(Self { btf })
    }

    /// From a module's split BTF (`/sys/kernel/btf/MODULE`) and the layout of its kernel.
    pub fn with_split(kernel: &Self, module: &[u8]) -> Result<Self, LayoutError> {
        check_header(module)?;
        let btf = Btf::from_split_bytes(module, &kernel.btf).map_err(LayoutError::broken)?;
        Ok(Self { btf })
    }

    /// The first type of this name that `wanted` accepts; a module's own types come first.
    fn find<T>(&self, name: &str, wanted: impl Fn(Type) -> Option<T>) -> Option<T> {
        let ids = self.btf.resolve_ids_by_name(name).ok()?;
        ids.into_iter()
            .filter_map(|id| self.btf.resolve_type_by_id(id).ok())
            .find_map(wanted)
    }

    /// Names of all types that `wanted` accepts, for suggestions.
    fn names(&self, wanted: impl Fn(&Type) -> bool) -> Vec<String> {
        let mut names = Vec::new();
        self.each_type(|kind| {
            if wanted(&kind)
                && let Some(named) = kind.as_btf_type()
                && let Ok(name) = self.btf.resolve_name(named)
            {
                names.push(name);
            }
            None::<()>
        });
        names
    }

    /// Visits every type until `visit` returns something.
    fn each_type<T>(&self, mut visit: impl FnMut(Type) -> Option<T>) -> Option<T> {
        let sections = [self.btf.split(), Some(self.btf.base())];
        for section in sections.into_iter().flatten() {
            let (first, last) = section.type_id_range();
            for id in first..=last {
                let found = section.resolve_type_by_id(id).ok().and_then(&mut visit);
                if found.is_some() {
                    return found;
                }
            }
        }
        None
    }
}

/// The parser believes the header's lengths, so they must fit the data: it would otherwise wait
/// for strings that never come.
fn check_header(btf: &[u8]) -> Result<(), LayoutError> {
    let magic = btf.first_chunk().copied().map(u16::from_le_bytes);
    let header = (0..4)
        .map(|field| u32_at(btf, 8 + 4 * field))
        .collect::<Option<Vec<_>>>();
    let header_length = u32_at(btf, 4);
    let (Some(MAGIC), Some(fields), Some(header_length)) = (magic, header, header_length) else {
        return Err(LayoutError::broken("no BTF header of this byte order"));
    };
    let [type_offset, type_length, string_offset, string_length] = *fields.as_slice() else {
        return Err(LayoutError::broken("no BTF header"));
    };
    let fits = |offset: u32, length: u32| {
        let end = u64::from(header_length) + u64::from(offset) + u64::from(length);
        end <= btf.len() as u64
    };
    let header_fits = header_length as usize >= HEADER;
    if !header_fits || !fits(type_offset, type_length) || !fits(string_offset, string_length) {
        return Err(LayoutError::broken("its header points outside of the data"));
    }
    if string_length == 0 || btf.is_empty() {
        return Err(LayoutError::broken("it has no strings"));
    }
    Ok(())
}

/// The little-endian `u32` at `offset`.
fn u32_at(bytes: &[u8], offset: usize) -> Option<u32> {
    let rest = bytes.get(offset..)?;
    rest.first_chunk().copied().map(u32::from_le_bytes)
}

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;
