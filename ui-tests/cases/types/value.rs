// SPDX-License-Identifier: GPL-2.0-only
//! A constant has a type that holds it.
klp_kernel::types! {
    const NAME_LEN: usize;
    const OTHER_LEN: bool;
}

fn main() {
    let _ = (NAME_LEN, OTHER_LEN);
}
