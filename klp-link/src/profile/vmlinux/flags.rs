// SPDX-License-Identifier: GPL-2.0-only
//! The bit of `TIF_PATCH_PENDING` (`arch/x86/include/asm/thread_info.h`): a macro, which no type
//! information has and every series numbers anew.

use super::Kernel;

/// Clears the flag of its first argument, and does little else (kernel/livepatch/transition.c).
const USER: &str = "klp_update_patch_state";

/// The number in `lock btr $N, (REGISTER)`: `flags` is the first member of `thread_info`, which is
/// the first of a task.
const fn bit_cleared(instruction: &[u8]) -> Option<u8> {
    match *instruction {
        // What follows REX.W is in any register but those whose numbers mean something else.
        [
            0xf0,
            0x48 | 0x49,
            0x0f,
            0xba,
            0x30..=0x33 | 0x36..=0x37,
            bit,
        ] => Some(bit),
        _ => None,
    }
}

/// The bit's number, where the kernel's code leaves no doubt.
pub(super) fn patch_pending(kernel: &Kernel<'_>) -> Option<u8> {
    only_bit(kernel.code(USER)?)
}

/// The bit that `code` tests and clears, if it does so exactly once.
fn only_bit(code: &[u8]) -> Option<u8> {
    let mut bits = code.windows(6).filter_map(bit_cleared);
    let bit = bits.next()?;
    bits.next().is_none().then_some(bit)
}

#[cfg(test)]
mod tests {
    use super::only_bit;

    const CLEAR_13: &[u8] = b"\xf0\x48\x0f\xba\x37\x0d";

    #[test]
    fn one_use_is_sure() {
        let code = [b"\x0f\x1f\x44\0\0", CLEAR_13, b"\x72\x05\xc3"].concat();
        assert_eq!(only_bit(&code), Some(13));
    }

    #[test]
    fn the_task_may_be_in_any_register() {
        assert_eq!(only_bit(b"\xf0\x48\x0f\xba\x33\x0d"), Some(13));
        // In %rip's place there are four bytes more.
        assert_eq!(only_bit(b"\xf0\x48\x0f\xba\x35\x0d\0\0\0\x0d"), None);
    }

    #[test]
    fn none_or_several_are_not() {
        assert_eq!(only_bit(b"\xc3"), None);
        assert_eq!(only_bit(&[CLEAR_13, CLEAR_13].concat()), None);
        assert_eq!(only_bit(&CLEAR_13[..5]), None);
    }
}
