// SPDX-License-Identifier: GPL-2.0-only
//! Kernel profiles: everything klp knows about a target kernel, in one file.
//!
//! A profile is made once from a `vmlinuz` and the modules that are to be patched
//! ([`ProfileBuilder`]), stored ([`ProfileData::write`]) and then opened in a few milliseconds
//! by every build ([`Profile::open`]). All readers take bytes; only [`Profile::open`] and
//! [`ProfileData::write`] touch files. Input is never trusted: truncated, corrupt or hostile
//! files give an error.
//!
//! ```text
//! vmlinuz ─ image ─▶ vmlinux ─ vmelf, kallsyms, vmlinux ─▶ ┐
//! module.ko ─ image ─▶ ELF ─ module ───────────────────────┤ builder ─▶ ProfileData ─ file ─▶ Profile
//! Profile::btf ─ klp-types ─▶ Layout: offsets, sizes, enumerators, prototypes
//! ```

mod builder;
mod bytes;
mod data;
mod error;
mod exports;
mod facts;
mod file;
#[cfg(test)]
pub(crate) mod fixture;
mod image;
mod index;
mod kallsyms;
mod module;
mod notes;
mod object;
mod open;
mod strings;
mod target;
mod vmelf;
mod vmlinux;

pub use builder::ProfileBuilder;
pub use data::ProfileData;
pub use error::{BuildError, ImageError, ProfileError};
pub(crate) use exports::FLAG_GPL_ONLY;
pub use facts::{AddressRange, Mitigations, OrcRegisters, SectionKind};
pub use image::extract_vmlinux;
pub(crate) use image::{ELF_MAGIC, unpack_module};
pub use klp_types::{Field, Layout, LayoutError, Member, Parameter, Prototype, StructLayout};
pub use module::Modinfo;
pub(crate) use module::values as modinfo_values;
pub use notes::{build_id, build_id_in_hex};
pub use object::{Export, Object, Symbol};
pub use open::Profile;
pub use target::Target;

/// Whether two module names are the same to the kernel, which treats `-` as `_`.
fn same_module(a: &str, b: &str) -> bool {
    let normal = |name: &str| name.replace('-', "_");
    normal(a) == normal(b)
}
