// SPDX-License-Identifier: GPL-2.0-only
//! The page that reading a sysfs file fills.

use core::ffi::{c_char, c_long};
use core::fmt;

/// `PAGE_SIZE`.
const SIZE: usize = 4096;

/// A page being filled. What does not fit is left out.
pub struct Page<'a> {
    bytes: &'a mut [u8],
    len: usize,
}

impl Page<'_> {
    /// The page that sysfs hands over.
    ///
    /// # Safety
    /// `page` must be a page that is written by nobody else as long as the result is used.
    pub unsafe fn new(page: *mut c_char) -> Self {
        // SAFETY: the caller vouches for it.
        let bytes = unsafe { core::slice::from_raw_parts_mut(page.cast(), SIZE) };
        Self { bytes, len: 0 }
    }

    /// How much was written: what sysfs wants to know.
    pub const fn written(&self) -> c_long {
        self.len as c_long
    }
}

impl fmt::Write for Page<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = self.bytes.get_mut(self.len..).unwrap_or_default();
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
