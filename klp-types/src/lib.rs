// SPDX-License-Identifier: GPL-2.0-only
//! Which kernel a patch is built for, and that kernel's types.
//!
//! Kept small and apart from klp-link, because klp-macros uses it and is built for every patch
//! crate. The command, the wrapper and the link step choose a kernel by the same [`kernel`].
//!
//! ```text
//! KLP_KERNEL, Cargo.toml, default ─ kernel ─▶ Kernel { profile, image, btf folder }
//! btf folder ─ folder ─▶ Layout: records, enumerators, prototypes
//! ```

mod btf;
mod error;
mod folder;
pub mod home;
pub mod kernel;
mod nearest;

pub use btf::{
    Encoding, Enumeration, Enumerator, Field, Kind, Layout, LayoutError, Member, Parameter,
    Prototype, Record, RecordMember, StructLayout, TypeId,
};
pub use error::KernelError;
pub use folder::{BTF_VARIABLE, Folder, FolderError};
pub use home::Home;
pub use kernel::Kernel;
pub use nearest::nearest;
