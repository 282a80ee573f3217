// SPDX-License-Identifier: GPL-2.0-only
//! What a variable is found by.

use core::ffi::c_void;

/// The object that a variable belongs to, and the variable's kind.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Key {
    pub object: *mut c_void,
    pub id: u64,
}

impl Key {
    /// Spreads the keys over 64 bits, of which a table uses the uppermost.
    ///
    /// The id is part of it, so the variables of one object are not all in one chain. Small ids go
    /// where the addresses of a kernel's objects are all alike. Objects of
    /// one kind lie at equal distances, which a multiplication by the golden ratio spreads evenly
    /// (Knuth, The Art of Computer Programming, volume 3, section 6.4).
    #[inline]
    pub fn hash(self) -> u64 {
        const GOLDEN_RATIO: u64 = 0x9e37_79b9_7f4a_7c15;
        (self.object.addr() as u64 ^ self.id.rotate_left(48)).wrapping_mul(GOLDEN_RATIO)
    }
}
