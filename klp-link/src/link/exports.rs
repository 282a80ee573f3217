// SPDX-License-Identifier: GPL-2.0-only
//! What lets other modules import functions of this one: `struct kernel_symbol`, its strings and
//! CRCs (`include/linux/export-internal.h`), for GPL-compatible modules only.

use klp_runtime::contract::CORE_CRC;
use object::elf;

use crate::profile::{FLAG_GPL_ONLY, Profile};

use super::diagnostic::Diagnostic;
use super::image::{Chunk, Image};
use super::layout::Layouts;
use super::patch::{Export, Patch};
use super::strings::Strings;

/// Adds the tables of all exports, if there are any.
pub(crate) fn add(
    image: &mut Image<'_>,
    patch: &Patch,
    layouts: &Layouts,
    profile: &Profile,
) -> Result<(), Diagnostic> {
    let mut exports: Vec<_> = patch.exports.iter().collect();
    if exports.is_empty() {
        return Ok(());
    }
    // The loader searches the table by halves, in the order of `strcmp`.
    exports.sort_by_key(|export| export.name.as_bytes());
    let (table, crcs) = match has_table_of_gpl(layouts) {
        true => ("__ksymtab_gpl", "__kcrctab_gpl"),
        false => ("__ksymtab", "__kcrctab"),
    };
    let symbols = symbols(image, &exports, layouts)?;
    image.add_section(table, elf::SHF_ALLOC, 4, symbols);
    if profile.mitigations().modversions {
        let each = CORE_CRC.to_le_bytes();
        image.add_section(crcs, elf::SHF_ALLOC, 4, bytes(each.repeat(exports.len())));
    }
    if !has_table_of_gpl(layouts) {
        let flags = vec![FLAG_GPL_ONLY; exports.len()];
        image.add_section("__kflagstab", elf::SHF_ALLOC, 1, bytes(flags));
    }
    Ok(())
}

/// Whether GPL-only exports have tables of their own, as before 7.x, or flags.
fn has_table_of_gpl(layouts: &Layouts) -> bool {
    layouts.offset("module", "gpl_syms").is_ok()
}

fn symbols(
    image: &mut Image<'_>,
    exports: &[&Export],
    layouts: &Layouts,
) -> Result<Chunk, Diagnostic> {
    let size = layouts.size("kernel_symbol")?;
    let value = layouts.offset("kernel_symbol", "value_offset")?;
    let name = layouts.offset("kernel_symbol", "name_offset")?;
    let mut names = Strings::new(image, "__ksymtab_strings");
    let mut table = Chunk::zeroed(exports.len() * size);
    for (index, export) in exports.iter().enumerate() {
        let entry = index * size;
        let code = image.section_symbol(export.function.section);
        table.put_distance(entry + value, code, export.function.offset);
        let (strings, text) = names.pointer(image, &export.name);
        table.put_distance(entry + name, strings, text);
    }
    Ok(table)
}

fn bytes(bytes: Vec<u8>) -> Chunk {
    Chunk {
        bytes,
        relocations: Vec::new(),
    }
}
