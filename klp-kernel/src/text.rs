// SPDX-License-Identifier: GPL-2.0-only
//! Text in the kernel's structures.

use core::ffi::c_char;
use core::fmt::{self, Display, Formatter, Write};

/// What C prints by `%s`: characters up to a NUL, or all that there are.
///
/// ```ignore
/// pr_info!("{}", text(&task.comm));
/// ```
pub fn text(chars: &[c_char]) -> Text<'_> {
    Text(chars)
}

/// Characters to be printed; see [`text`].
pub struct Text<'a>(&'a [c_char]);

impl Display for Text<'_> {
    /// What is not UTF-8 is printed as U+FFFD.
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        // SAFETY: `c_char` is a byte.
        let bytes = unsafe { &*(&raw const *self.0 as *const [u8]) };
        let text = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
        for chunk in text.utf8_chunks() {
            to.write_str(chunk.valid())?;
            if !chunk.invalid().is_empty() {
                to.write_char(char::REPLACEMENT_CHARACTER)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use std::string::ToString;

    fn printed<const N: usize>(bytes: [u8; N]) -> std::string::String {
        text(&bytes.map(|byte| byte as c_char)).to_string()
    }

    #[test]
    fn text_ends_at_a_nul_or_where_its_room_does() {
        assert_eq!(printed(*b"init\0kthreadd"), "init");
        assert_eq!(printed(*b"init"), "init");
        assert_eq!(printed([]), "");
        assert_eq!(printed([0]), "");
    }

    #[test]
    fn bytes_that_are_no_text_are_marked() {
        assert_eq!(printed(*b"a\xffb\xc3\xa4"), "a\u{fffd}b\u{e4}");
    }
}
