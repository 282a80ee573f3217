// SPDX-License-Identifier: GPL-2.0-only
//! The kernel log.

use klp_kernel::prelude::*;
use klp_runtime::Line;

/// Whether the lines for those who debug live patching are printed as well.
#[param(mode = 0o644)]
static DEBUG: Param<bool> = Param::new(false);

/// Prints a line of the engine's, at the level that the kernel's own core has for it.
pub fn line(line: &Line<'_>) {
    if line.is_debug() {
        if DEBUG.get() {
            pr_info!("{line}");
        }
        return;
    }
    match line {
        Line::Enabling(_)
        | Line::Starting(..)
        | Line::Complete(..)
        | Line::Applying { .. }
        | Line::Reverting { .. } => pr_notice!("{line}"),
        Line::Overdue { .. } | Line::Blocked { .. } | Line::Forcing => pr_warn!("{line}"),
        _ => pr_err!("{line}"),
    }
}
