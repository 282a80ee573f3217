// SPDX-License-Identifier: GPL-2.0-only
//! Exported symbols as `vmlinux` and modules both describe them.

/// One export before its names are stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RawExport {
    pub(crate) name: String,
    /// Empty for none.
    pub(crate) namespace: String,
    /// With CONFIG_MODVERSIONS.
    pub(crate) crc: Option<u32>,
    /// For modules under a GPL-compatible licence only.
    pub(crate) gpl: bool,
    /// Listed in `__ksymtab`, the only table where kallsyms looks for a module's exports.
    pub(crate) main_table: bool,
}

/// `KSYM_FLAG_GPL_ONLY` in `__kflagstab` (7.x kernels: include/linux/export-internal.h).
pub(crate) const FLAG_GPL_ONLY: u8 = 1;

/// The sections that list exports: entries, CRCs, and whether they are GPL-only.
pub(crate) const TABLES: [(&str, &str, bool); 2] = [
    ("__ksymtab", "__kcrctab", false),
    ("__ksymtab_gpl", "__kcrctab_gpl", true),
];
