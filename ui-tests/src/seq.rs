// SPDX-License-Identifier: GPL-2.0-only
//! A file in `/proc`.

use core::ffi::{c_int, c_void};

/// A `struct seq_file` and what was written into it.
#[derive(Default)]
pub struct File(pub String);

impl File {
    /// What a show function is given.
    pub fn as_ptr<T>(&mut self) -> *mut T {
        (&raw mut *self).cast()
    }

    /// # Safety
    /// `file` must come from `as_ptr` of a file that nobody else uses.
    unsafe fn push(file: *mut c_void, text: &[u8]) {
        // SAFETY: the caller vouches for it.
        let file = unsafe { &mut *file.cast::<Self>() };
        file.0 += &String::from_utf8_lossy(text);
    }
}

/// # Safety
/// `file` must come from [`File::as_ptr`], and `data` point to `len` bytes.
#[unsafe(no_mangle)]
unsafe extern "C" fn seq_write(file: *mut c_void, data: *const u8, len: usize) -> c_int {
    // SAFETY: the caller vouches for the bytes.
    let data = unsafe { std::slice::from_raw_parts(data, len) };
    // SAFETY: the caller vouches for the file.
    unsafe { File::push(file, data) }
    0
}
