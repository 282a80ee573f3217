// SPDX-License-Identifier: GPL-2.0-only
//! Which build of the kernel the module was linked for, where its code asks.

use std::mem::{offset_of, size_of};

use klp_runtime::contract::{KernelIdentity, Str, VMLINUX, symbol};
use object::elf;

use crate::profile::Profile;

use super::diagnostic::Diagnostic;
use super::image::{Chunk, Image, Target};
use super::messages;
use super::users::Users;

/// The name of the section that holds it, and the version's text behind it.
const SECTION: &str = ".rodata.klp.identity";

/// A GNU build-id, as kernels have it.
type BuildId = [u8; 20];

/// Defines the kernel's identity where somebody refers to it.
pub(crate) fn define(
    image: &mut Image<'_>,
    users: &Users,
    profile: &Profile,
) -> Result<(), Diagnostic> {
    let wanted = image.symbol(symbol::KERNEL_IDENTITY);
    let Some(user) = wanted.and_then(|symbol| users.get(symbol)) else {
        return Ok(());
    };
    let id = build_id(profile).map_err(|error| error.at(user.place.clone()))?;
    let size = size_of::<KernelIdentity>();
    let version = profile.version();
    let (text, len) = (
        offset_of!(KernelIdentity, version) + offset_of!(Str, bytes),
        offset_of!(KernelIdentity, version) + offset_of!(Str, len),
    );
    let mut chunk = Chunk::zeroed(size + version.len());
    chunk.put(offset_of!(KernelIdentity, build_id), &id);
    chunk.put(len, &(version.len() as u64).to_le_bytes());
    chunk.put(size, version.as_bytes());
    let section = image.add_section(SECTION, elf::SHF_ALLOC, 8, Chunk::default());
    chunk.put_pointer(text, image.section_symbol(section), size as u64);
    image.fill(section, chunk);
    let start = Target { section, offset: 0 };
    image.define(symbol::KERNEL_IDENTITY, start, size as u64);
    Ok(())
}

/// The kernel's own build-id.
pub(crate) fn build_id(profile: &Profile) -> Result<BuildId, Diagnostic> {
    let kernel = profile.object(VMLINUX);
    let id = kernel.and_then(|kernel| kernel.build_id());
    id.and_then(|id| id.try_into().ok())
        .ok_or_else(|| messages::no_build_id(profile, id))
}
