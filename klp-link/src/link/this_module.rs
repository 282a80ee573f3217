// SPDX-License-Identifier: GPL-2.0-only
//! `.gnu.linkonce.this_module`: the module's own `struct module`, as modpost would write it.

use klp_runtime::contract::symbol::{EXIT, INIT};
use object::elf;

use super::diagnostic::Diagnostic;
use super::image::{Chunk, Image, Target};
use super::layout::Layouts;

/// The alignment of `struct module` (`____cacheline_aligned`).
const ALIGN: u64 = 64;

/// Adds the section and defines `__this_module`.
pub(crate) fn add(
    image: &mut Image<'_>,
    module: &str,
    layouts: &Layouts,
) -> Result<(), Diagnostic> {
    let size = layouts.size("module")?;
    let mut chunk = Chunk::zeroed(size);
    chunk.put(layouts.offset("module", "name")?, module.as_bytes());
    chunk.put_pointer(layouts.offset("module", "init")?, image.import(INIT), 0);
    chunk.put_pointer(layouts.offset("module", "exit")?, image.import(EXIT), 0);
    let flags = elf::SHF_ALLOC | elf::SHF_WRITE;
    let section = image.add_section(".gnu.linkonce.this_module", flags, ALIGN, chunk);
    let start = Target { section, offset: 0 };
    image.define("__this_module", start, size as u64);
    Ok(())
}
