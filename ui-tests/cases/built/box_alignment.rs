// SPDX-License-Identifier: GPL-2.0-only
//! A box of a larger alignment than kmalloc gives.
use klp_kernel::prelude::*;

#[repr(align(64))]
pub struct Line(pub [u8; 64]);

fn main() {
    let _ = KBox::new(Line([0; 64]), Gfp::ATOMIC);
}
