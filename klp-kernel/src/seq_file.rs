// SPDX-License-Identifier: GPL-2.0-only
//! Writing into a `/proc` file that is being read (`include/linux/seq_file.h`).

use crate::types::seq_file;
use core::ffi::{CStr, c_int, c_void};
use core::fmt::{self, Write};
use core::marker::PhantomData;
use core::ptr::NonNull;

unsafe extern "C" {
    /// Exported by all kernels (`fs/seq_file.c`); `seq_puts` is inline in later ones.
    fn seq_write(m: *mut seq_file, data: *const c_void, len: usize) -> c_int;
}

/// The file that a show function writes.
///
/// # Invariants
/// `raw` is valid and used by nobody else while this value exists.
pub struct SeqFile<'a> {
    raw: NonNull<seq_file>,
    file: PhantomData<&'a mut seq_file>,
}

impl SeqFile<'_> {
    /// The file that the kernel passes to a show function.
    ///
    /// # Safety
    /// `raw` must be the `struct seq_file *` of the show function that is running, and no other
    /// `SeqFile` of it may be in use.
    pub unsafe fn from_ptr(raw: *mut seq_file) -> Self {
        // SAFETY: the kernel passes a valid pointer to show functions.
        let raw = unsafe { NonNull::new_unchecked(raw) };
        // INVARIANT: the caller vouches for it.
        Self {
            raw,
            file: PhantomData,
        }
    }

    /// Writes a C string.
    ///
    /// Nothing written here fails: seq_file notes when its buffer is full, and calls the show
    /// function again with a larger one.
    pub fn puts(&mut self, text: &CStr) {
        self.put(text.to_bytes());
    }

    fn put(&mut self, bytes: &[u8]) {
        // SAFETY: the file is valid by invariant; pointer and length are those of one slice.
        unsafe { seq_write(self.raw.as_ptr(), bytes.as_ptr().cast(), bytes.len()) };
    }

    /// Writes formatted text; see [`seq_printf!`](crate::seq_printf).
    pub fn print(&mut self, text: fmt::Arguments<'_>) {
        // `write_str` never fails.
        let _ = self.write_fmt(text);
    }
}

impl Write for SeqFile<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.put(text.as_bytes());
        Ok(())
    }
}

/// Writes text formatted as by `format!` into a [`SeqFile`](crate::seq_file::SeqFile).
#[macro_export]
macro_rules! seq_printf {
    ($file:expr, $($arguments:tt)*) => {
        $crate::seq_file::SeqFile::print(&mut $file, $crate::__private::format_args!($($arguments)*))
    };
}
