// SPDX-License-Identifier: GPL-2.0-only
//! A panic in a patch is a kernel BUG.

use core::panic::PanicInfo;

/// Stops where it stands: `ud2` is what the kernel's own `BUG()` executes on x86.
///
/// Nothing is formatted, so no panic message takes room in the patch. The link step lists every
/// `ud2` in the module's `__bug_table` with file and line.
#[panic_handler]
fn panic(_info: &PanicInfo<'_>) -> ! {
    // SAFETY: `ud2` touches neither memory nor stack and does not come back.
    unsafe { core::arch::asm!("ud2", options(noreturn, nomem, nostack)) }
}
