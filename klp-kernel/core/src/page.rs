// SPDX-License-Identifier: GPL-2.0-only
//! The page that reading a sysfs file fills.

use core::ffi::{c_char, c_long};
use klp_kernel::Buffer;

/// `PAGE_SIZE`.
const SIZE: usize = 4096;

/// A page being filled.
pub type Page<'a> = Buffer<&'a mut [u8]>;

/// Lets `write` fill the page that sysfs hands over; how much it wrote is what sysfs wants to know.
///
/// # Safety
/// `page` must be a page that is written by nobody else meanwhile.
pub unsafe fn fill(page: *mut c_char, write: impl FnOnce(&mut Page<'_>)) -> c_long {
    // SAFETY: the caller vouches for it.
    let bytes = unsafe { core::slice::from_raw_parts_mut(page.cast(), SIZE) };
    let mut page = Page::new(bytes);
    write(&mut page);
    page.text().len() as c_long
}
