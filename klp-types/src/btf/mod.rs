// SPDX-License-Identifier: GPL-2.0-only
//! Layouts from BTF (include/uapi/linux/btf.h): sizes, offsets, enumerators, prototypes.

mod enums;
mod error;
mod kind;
mod members;
mod proto;
mod raw;
mod record;
mod spelling;
mod types;

pub use enums::{Enumeration, Enumerator};
pub use error::LayoutError;
pub use kind::{Encoding, Kind, TypeId};
pub use members::{Field, Member, StructLayout};
pub use proto::{Parameter, Prototype};
pub use record::{Record, RecordMember};

use raw::{Btf, RawType};

/// Answers questions about the types of a kernel, or of a module on top of it.
pub struct Layout {
    /// The kernel's release, for messages.
    kernel: String,
    btf: Btf,
}

impl Layout {
    /// From the raw BTF (`/sys/kernel/btf/vmlinux`, or the profile's) of the kernel of that release.
    pub fn new(kernel: &str, btf: &[u8]) -> Result<Self, LayoutError> {
        let kernel = kernel.to_owned();
        match btf {
            [] => Err(LayoutError::NoBtf { kernel }),
            btf => Btf::new(btf).map(|btf| Self { kernel, btf }),
        }
    }

    /// From a module's split BTF (`/sys/kernel/btf/MODULE`) and the layout of its kernel.
    pub fn with_split(kernel: &Self, module: &[u8]) -> Result<Self, LayoutError> {
        let btf = Btf::split(&kernel.btf, module)?;
        let kernel = kernel.kernel.clone();
        Ok(Self { kernel, btf })
    }

    /// The kernel's release.
    pub fn kernel(&self) -> &str {
        &self.kernel
    }

    /// The first type of this name that `wanted` accepts; a module's own types come first.
    fn find<T>(&self, name: &str, wanted: impl Fn(RawType<'_>) -> Option<T>) -> Option<T> {
        let mut found = self.btf.named(name);
        found.find_map(|id| wanted(self.btf.by_id(id)?))
    }

    /// Names of all types that `wanted` accepts, for suggestions.
    fn names(&self, wanted: impl Fn(RawType<'_>) -> bool) -> Vec<&str> {
        let types = self.btf.ids().filter_map(|id| self.btf.by_id(id));
        let wanted = types.filter(|found| wanted(*found));
        let names = wanted.map(|found| self.btf.string(found.name));
        names.filter(|name| !name.is_empty()).collect()
    }
}

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;
