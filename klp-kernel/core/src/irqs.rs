// SPDX-License-Identifier: GPL-2.0-only
//! Interrupts off, for a moment: nobody else runs on this CPU meanwhile.

use core::arch::asm;
use core::marker::PhantomData;

/// As long as it is there, interrupts are off on this CPU, and so is preemption.
pub struct IrqsOff {
    flags: u64,
    /// The CPU that they were turned off on turns them on again.
    cpu: PhantomData<*mut ()>,
}

impl IrqsOff {
    /// Turns interrupts off (`local_irq_save`, which cannot be called from here: it is inline).
    pub fn new() -> Self {
        let flags;
        // SAFETY: reads the flags by way of the stack, of which kernel code has no red zone, and
        // turns interrupts off, as the kernel does.
        unsafe { asm!("pushfq", "pop {}", "cli", out(reg) flags) };
        Self {
            flags,
            cpu: PhantomData,
        }
    }
}

impl Drop for IrqsOff {
    fn drop(&mut self) {
        // SAFETY: the flags as they were.
        unsafe { asm!("push {}", "popfq", in(reg) self.flags) };
    }
}
