// SPDX-License-Identifier: GPL-2.0-only
//! The task that runs.

use crate::kernel::task_struct;
use core::arch::asm;

// Per CPU, and exported by the kernel; 6.12 has it at the start of a structure.
unsafe extern "C" {
    #[cfg_attr(
        all(linux_at_least = "6.2", not(linux_at_least = "6.15")),
        link_name = "pcpu_hot"
    )]
    static current_task: u8;
}

/// The task that runs here (`current`).
#[inline]
pub fn current() -> *mut task_struct {
    let task;
    // SAFETY: the symbol is where the CPU's own copy has the pointer to its task, which for the
    // task itself never changes.
    unsafe {
        asm!(
            "mov {task}, gs:[{symbol}]",
            task = out(reg) task,
            symbol = sym current_task,
            options(nostack, preserves_flags, pure, readonly),
        );
    }
    task
}
