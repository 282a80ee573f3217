// SPDX-License-Identifier: GPL-2.0-only
//! A constructor runs under a spinlock, and may not take along what allows to sleep.
use klp_kernel::prelude::*;

#[repr(C)]
pub struct sta_info {
    number: c_int,
}

#[shadow]
unsafe static BUFFER: Shadow<sta_info, KBox<u64>>;

pub fn by_flags(sta: &sta_info, gfp: Gfp<'_>) {
    let _ = BUFFER.alloc(sta, gfp, || KBox::new(1, gfp));
}

pub fn by_context(sta: &sta_info, may_sleep: &MaySleep) {
    let _ = BUFFER.get_or_alloc(sta, Gfp::ATOMIC, || KBox::new(1, Gfp::kernel(may_sleep)));
}

pub fn right(sta: &sta_info, gfp: Gfp<'_>) {
    let _ = BUFFER.alloc(sta, gfp, || KBox::new(1, Gfp::ATOMIC));
}

fn main() {}
