// SPDX-License-Identifier: GPL-2.0-only
//! Bytes as people write build-ids.

use std::fmt::Write;

/// Two hexadecimal digits a byte.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn zeros_are_kept() {
        assert_eq!(super::hex(&[0, 0x1f, 0xa0]), "001fa0");
    }
}
