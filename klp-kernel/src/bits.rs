// SPDX-License-Identifier: GPL-2.0-only
//! Bit fields of the kernel's structs, as x86-64 lays them out: from the least significant bit.

/// The `width` bits from bit `offset` of what `base` points to.
///
/// # Safety
/// The bytes that hold these bits must be readable.
pub unsafe fn bits(base: *const u8, offset: usize, width: u32) -> u64 {
    let mut value: u128 = 0;
    let bytes = bytes(offset, width);
    for at in bytes.clone().rev() {
        // SAFETY: the byte holds one of the bits.
        let byte = unsafe { base.add(at) };
        // SAFETY: the caller vouches for the bytes that hold the bits.
        let byte = unsafe { byte.read() };
        value = value << 8 | u128::from(byte);
    }
    let shifted = value >> (offset - bytes.start * 8);
    (shifted & mask(width)) as u64
}

/// Sets the `width` bits from bit `offset` of what `base` points to, to the low bits of `value`.
///
/// # Safety
/// The bytes that hold these bits must be writable, and nobody else may write them meanwhile.
pub unsafe fn set_bits(base: *mut u8, offset: usize, width: u32, value: u64) {
    let bytes = bytes(offset, width);
    let shift = offset - bytes.start * 8;
    let mut mask = mask(width) << shift;
    let mut value = u128::from(value) << shift & mask;
    for at in bytes {
        // SAFETY: the byte holds one of the bits.
        let byte = unsafe { base.add(at) };
        // SAFETY: as above.
        let old = unsafe { byte.read() };
        // SAFETY: as above.
        unsafe { byte.write(old & !(mask as u8) | value as u8) };
        mask >>= 8;
        value >>= 8;
    }
}

fn bytes(offset: usize, width: u32) -> core::ops::Range<usize> {
    offset / 8..(offset + width as usize).div_ceil(8)
}

const fn mask(width: u32) -> u128 {
    (1 << width) - 1
}

#[cfg(test)]
mod tests {
    use super::{bits, set_bits};

    #[test]
    fn every_place_and_width_round_trips() {
        for offset in 0..64 {
            for width in 1..=64 {
                let mut bytes = [0xa5_u8; 16];
                let value = 0x9e37_79b9_7f4a_7c15_u64 >> (64 - width);
                // SAFETY: 64 bits from bit 63 end within 16 bytes.
                unsafe { set_bits(bytes.as_mut_ptr(), offset, width, value) };
                // SAFETY: as above.
                let found = unsafe { bits(bytes.as_ptr(), offset, width) };
                assert_eq!(found, value, "{width} bits at {offset}");
                let around = u128::from_le_bytes(bytes) ^ u128::from_le_bytes([0xa5; 16]);
                let outside = !(((1 << width) - 1) << offset);
                assert_eq!(around & outside, 0, "{width} bits at {offset}");
            }
        }
    }
}
