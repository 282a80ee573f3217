// SPDX-License-Identifier: GPL-2.0-only
//! A variable is borrowed from its parent, and freeing it is the author's promise.
use klp_kernel::prelude::*;

#[repr(C)]
pub struct sta_info {
    number: c_int,
}

#[shadow]
unsafe static COUNT: Shadow<sta_info, u64>;

pub fn outlives_its_parent() -> Option<&'static u64> {
    let sta = sta_info { number: 1 };
    COUNT.get(&sta)
}

pub fn freed_without_a_promise(sta: &sta_info) {
    COUNT.free(sta);
    COUNT.free_all();
}

fn main() {}
