// SPDX-License-Identifier: GPL-2.0-only
//! Which functions ftrace can patch: the locations between `__start_mcount_loc` and
//! `__stop_mcount_loc`, as `ftrace_init()` reads them.

use std::collections::HashSet;

use super::{Kernel, missing};
use crate::profile::bytes::{slice_at, u64_at};
use crate::profile::data::NOT_TRACED;
use crate::profile::error::BuildError;

/// `endbr64`, in front of the ftrace location on kernels with IBT.
pub(crate) const ENDBR64: &[u8] = b"\xf3\x0f\x1e\xfa";
/// Its length in bytes.
pub(crate) const ENDBR64_LENGTH: u8 = 4;

/// The addresses of all ftrace locations.
pub(super) struct Traced<'a> {
    kernel: &'a Kernel<'a>,
    locations: HashSet<u64>,
}

impl<'a> Traced<'a> {
    /// Reads the table.
    pub(super) fn read(kernel: &'a Kernel<'a>) -> Result<Self, BuildError> {
        let table = kernel
            .range("__start_mcount_loc", "__stop_mcount_loc")
            .and_then(|range| kernel.vmlinux.bytes_between(range.start, range.end))
            .ok_or_else(|| {
                missing(
                    "__start_mcount_loc",
                    "the kernel needs CONFIG_DYNAMIC_FTRACE=y",
                )
            })?;
        let entries = (0..table.len())
            .step_by(8)
            .filter_map(|offset| u64_at(table, offset));
        // Newer kernels zero the entries of overridden weak functions (scripts/sorttable.c).
        let locations = entries.filter(|location| *location != 0).collect();
        Ok(Self { kernel, locations })
    }

    /// Distance from a function's entry to its ftrace location, or [`NOT_TRACED`].
    pub(super) fn distance(&self, function: u64) -> u8 {
        if self.locations.contains(&function) {
            return 0;
        }
        let behind_endbr = function.wrapping_add(u64::from(ENDBR64_LENGTH));
        if self.locations.contains(&behind_endbr) && self.starts_with_endbr(function) {
            return ENDBR64_LENGTH;
        }
        NOT_TRACED
    }

    fn starts_with_endbr(&self, function: u64) -> bool {
        let code = self.kernel.vmlinux.bytes_from(function);
        code.and_then(|code| slice_at(code, 0, ENDBR64.len())) == Some(ENDBR64)
    }
}
