// SPDX-License-Identifier: GPL-2.0-only
//! Names that end in 0, as the kernel's functions take them.

use core::ffi::c_char;
use core::fmt::{self, Write};
use klp_kernel::Buffer;

/// Room for a function's name (`KSYM_NAME_LEN` is 512), a comma and a number.
const ROOM: usize = 512 + 24;

/// A name.
///
/// # Invariants
/// After the text there is a 0.
pub struct Name(Buffer<[u8; ROOM]>);

impl Name {
    /// None if it is longer than any name in the kernel is.
    pub fn new(text: fmt::Arguments<'_>) -> Option<Self> {
        let mut name = Buffer::new([0; ROOM]);
        name.write_fmt(text).ok()?;
        // INVARIANT: the room was zeros, and some of it is left.
        (name.text().len() < ROOM).then_some(Self(name))
    }

    /// Its first character.
    pub fn as_ptr(&self) -> *const c_char {
        self.0.text().as_ptr().cast()
    }
}
