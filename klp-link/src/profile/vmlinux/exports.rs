// SPDX-License-Identifier: GPL-2.0-only
//! Exports of the kernel itself: `struct kernel_symbol` (include/linux/export-internal.h) has
//! three 32-bit self-relative offsets: value, name, namespace.

use super::missing;
use crate::profile::bytes::{i32_at, str_at, u8_at, u32_at};
use crate::profile::error::BuildError;
use crate::profile::exports::{FLAG_GPL_ONLY, RawExport, TABLES};
use crate::profile::vmelf::Vmlinux;

const ENTRY: usize = 12;
const NAME_FIELD: usize = 4;
const NAMESPACE_FIELD: usize = 8;

/// All exports, in table order.
pub(super) fn read(vmlinux: &Vmlinux<'_>) -> Result<Vec<RawExport>, BuildError> {
    let mut exports = Vec::new();
    for (table, crcs, gpl) in TABLES {
        read_table(vmlinux, table, crcs, gpl, &mut exports)
            .ok_or_else(|| missing("__ksymtab", "an entry points outside of the string table"))?;
    }
    if exports.is_empty() {
        return Err(missing(
            "__ksymtab",
            "the kernel exports nothing; is CONFIG_MODULES=y?",
        ));
    }
    Ok(exports)
}

fn read_table(
    vmlinux: &Vmlinux<'_>,
    table: &str,
    crcs: &str,
    gpl: bool,
    exports: &mut Vec<RawExport>,
) -> Option<()> {
    let Some(section) = vmlinux.section(table) else {
        return Some(());
    };
    let crcs = vmlinux.data(crcs);
    let flags = vmlinux.data("__kflagstab");
    for position in 0..section.data.len() / ENTRY {
        let entry = position * ENTRY;
        let string = |field: usize| {
            let place = entry + field;
            let offset = i64::from(i32_at(section.data, place)?);
            let address = section.address.checked_add(place as u64)?;
            str_at(vmlinux.bytes_from(address.checked_add_signed(offset)?)?, 0)
        };
        let flagged = u8_at(flags, position).is_some_and(|flags| flags & FLAG_GPL_ONLY != 0);
        exports.push(RawExport {
            name: string(NAME_FIELD)?.to_owned(),
            namespace: string(NAMESPACE_FIELD).unwrap_or_default().to_owned(),
            crc: u32_at(crcs, position * 4),
            gpl: gpl || flagged,
            main_table: !gpl,
        });
    }
    Some(())
}
