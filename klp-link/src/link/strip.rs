// SPDX-License-Identifier: GPL-2.0-only
//! Leaves out of the module what the kernel has no use for.

use object::elf;

use super::image::Image;

/// Clears section flags that the module loader does not know: the linker's SHF_GNU_RETAIN.
pub(crate) fn flags(image: &mut Image<'_>) {
    for section in &mut image.elf.sections {
        section.sh_flags.0 &= !elf::SHF_GNU_RETAIN.0;
    }
}

/// Removes the debug info.
pub(crate) fn debug_info(image: &mut Image<'_>) {
    let is_debug = |name: &[u8]| name.starts_with(b".debug_") || name.starts_with(b".rela.debug_");
    for section in &mut image.elf.sections {
        section.delete |= is_debug(section.name.as_slice());
    }
}

/// Removes undefined symbols that nothing refers to any more.
pub(crate) fn unused_symbols(image: &mut Image<'_>) {
    let wanted = image.wanted_symbols();
    for symbol in image.undefined_symbols() {
        image.elf.symbols.get_mut(symbol).delete |= !wanted.contains(&symbol);
    }
}
