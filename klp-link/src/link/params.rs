// SPDX-License-Identifier: GPL-2.0-only
//! `__param`: module parameters as the kernel's `struct kernel_param`
//! (`include/linux/moduleparam.h`).

use object::elf;

use super::diagnostic::Diagnostic;
use super::image::{Chunk, Image};
use super::layout::Layouts;
use super::patch::Param;
use super::strings::Strings;

/// Adds the table of all parameters; none for a patch without parameters.
pub(crate) fn add(
    image: &mut Image<'_>,
    params: &[Param],
    layouts: &Layouts,
    strings: &mut Strings,
) -> Result<(), Diagnostic> {
    if params.is_empty() {
        return Ok(());
    }
    let size = layouts.size("kernel_param")?;
    let offset = |member| layouts.offset("kernel_param", member);
    let (name, module, ops) = (offset("name")?, offset("mod")?, offset("ops")?);
    let (perm, level, arg) = (offset("perm")?, offset("level")?, offset("arg")?);
    let mut table = Chunk::zeroed(params.len() * size);
    for (index, param) in params.iter().enumerate() {
        let at = index * size;
        let (text, start) = strings.pointer(image, &param.name);
        table.put_pointer(at + name, text, start);
        table.put_pointer(at + module, image.import("__this_module"), 0);
        table.put_pointer(at + ops, image.import(&param.ops), 0);
        table.put(at + perm, &param.mode.to_le_bytes());
        table.put(at + level, &NO_LEVEL);
        let value = image.section_symbol(param.value.section);
        table.put_pointer(at + arg, value, param.value.offset);
    }
    image.add_section("__param", elf::SHF_ALLOC, 8, table);
    Ok(())
}

/// `level` of a parameter that is no initcall's: -1, as `module_param()` has it.
const NO_LEVEL: [u8; 1] = (-1i8).to_le_bytes();
