// SPDX-License-Identifier: GPL-2.0-only
//! The bit of `TIF_PATCH_PENDING` (`arch/x86/include/asm/thread_info.h`): a macro, which no type
//! information has and every series numbers anew.

use super::Kernel;

/// Clears the flag of its first argument, and does little else (kernel/livepatch/transition.c).
const USER: &str = "klp_update_patch_state";

/// `lock btr $N, (%rdi)`, without the number: `flags` is the first member of `thread_info`, which
/// is the first of a task.
const TEST_AND_CLEAR: [u8; 5] = [0xf0, 0x48, 0x0f, 0xba, 0x37];

/// The bit's number, where the kernel's code leaves no doubt.
pub(super) fn patch_pending(kernel: &Kernel<'_>) -> Option<u8> {
    only_bit(kernel.code(USER)?)
}

/// The bit that `code` tests and clears, if it does so exactly once.
fn only_bit(code: &[u8]) -> Option<u8> {
    let uses = code.windows(TEST_AND_CLEAR.len() + 1);
    let mut bits = uses.filter_map(|bytes| match bytes.strip_prefix(&TEST_AND_CLEAR)? {
        &[bit] => Some(bit),
        _ => None,
    });
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
    fn none_or_several_are_not() {
        assert_eq!(only_bit(b"\xc3"), None);
        assert_eq!(only_bit(&[CLEAR_13, CLEAR_13].concat()), None);
        assert_eq!(only_bit(&CLEAR_13[..5]), None);
    }
}
