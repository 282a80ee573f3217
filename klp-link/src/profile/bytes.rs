// SPDX-License-Identifier: GPL-2.0-only
//! Bounds-checked little-endian reads: the only way this folder indexes input.

/// `len` bytes at `offset`, or `None` when they are not all there.
pub(crate) fn slice_at(bytes: &[u8], offset: usize, len: usize) -> Option<&[u8]> {
    bytes.get(offset..offset.checked_add(len)?)
}

fn array_at<const N: usize>(bytes: &[u8], offset: usize) -> Option<[u8; N]> {
    slice_at(bytes, offset, N)?.try_into().ok()
}

/// The byte at `offset`.
pub(crate) fn u8_at(bytes: &[u8], offset: usize) -> Option<u8> {
    bytes.get(offset).copied()
}

/// The little-endian `u16` at `offset`.
pub(crate) fn u16_at(bytes: &[u8], offset: usize) -> Option<u16> {
    array_at(bytes, offset).map(u16::from_le_bytes)
}

/// The little-endian `u32` at `offset`.
pub(crate) fn u32_at(bytes: &[u8], offset: usize) -> Option<u32> {
    array_at(bytes, offset).map(u32::from_le_bytes)
}

/// The little-endian `i32` at `offset`.
pub(crate) fn i32_at(bytes: &[u8], offset: usize) -> Option<i32> {
    array_at(bytes, offset).map(i32::from_le_bytes)
}

/// The little-endian `u64` at `offset`.
pub(crate) fn u64_at(bytes: &[u8], offset: usize) -> Option<u64> {
    array_at(bytes, offset).map(u64::from_le_bytes)
}

/// The longest string, with its NUL: what the kernel takes as a name (`KSYM_NAME_LEN`), and more
/// than its banner has. Strings may overlap, and each that is kept is a copy.
const STRING: usize = 512;

/// The bytes from `offset` up to the next NUL, which must be near.
pub(crate) fn cstr_at(bytes: &[u8], offset: usize) -> Option<&[u8]> {
    let rest = bytes.get(offset..)?;
    rest.get(..rest.iter().take(STRING).position(|byte| *byte == 0)?)
}

/// The NUL-terminated UTF-8 string at `offset`.
pub(crate) fn str_at(bytes: &[u8], offset: usize) -> Option<&str> {
    std::str::from_utf8(cstr_at(bytes, offset)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_stop_at_the_end() {
        let bytes = [1, 2, 3, 0, 5];
        assert_eq!(u32_at(&bytes, 0), Some(0x0003_0201));
        assert_eq!(u32_at(&bytes, 2), None);
        assert_eq!(u16_at(&bytes, usize::MAX), None);
        assert_eq!(cstr_at(&bytes, 1), Some(&[2u8, 3][..]));
        assert_eq!(cstr_at(&bytes, 4), None);
    }

    #[test]
    fn strings_have_a_limit() {
        let text = [&[b'x'; STRING], &[0][..]].concat();
        assert_eq!(cstr_at(&text, 0), None);
        assert_eq!(cstr_at(&text, 1), Some(&text[1..STRING]));
    }
}
