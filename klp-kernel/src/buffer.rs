// SPDX-License-Identifier: GPL-2.0-only
//! Text in room of a fixed size: in the kernel nothing grows by itself.

use core::fmt::{self, Write};

/// Text, written to room that somebody else has given. What does not fit is left out.
///
/// ```
/// # use klp_kernel::Buffer;
/// use core::fmt::Write;
///
/// let mut name = Buffer::new([0; 8]);
/// write!(name, "{}/{}", "meminfo", 1).unwrap_err();
/// assert_eq!(name.text(), b"meminfo/");
/// ```
pub struct Buffer<B> {
    bytes: B,
    len: usize,
}

impl<B: AsRef<[u8]>> Buffer<B> {
    /// No text yet, in this room.
    pub const fn new(bytes: B) -> Self {
        Self { bytes, len: 0 }
    }

    /// What has been written.
    pub fn text(&self) -> &[u8] {
        self.bytes.as_ref().get(..self.len).unwrap_or_default()
    }
}

impl<B: AsMut<[u8]>> Write for Buffer<B> {
    /// # Errors
    /// If it did not fit.
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = self.bytes.as_mut().get_mut(self.len..).unwrap_or_default();
        let fits = text.floor_char_boundary(room.len());
        for (to, from) in room.iter_mut().zip(text.bytes().take(fits)) {
            *to = from;
        }
        self.len += fits;
        if fits == text.len() {
            Ok(())
        } else {
            Err(fmt::Error)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_left_out_by_whole_characters() {
        let mut buffer = Buffer::new([0; 4]);
        assert!(buffer.write_str("ab").is_ok());
        assert!(buffer.write_str("c\u{e4}").is_err());
        assert_eq!(buffer.text(), b"abc");
        assert!(buffer.write_str("").is_ok());
    }
}
