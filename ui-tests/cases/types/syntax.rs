// SPDX-License-Identifier: GPL-2.0-only
//! How the list is written.
mod keyword {
    klp_kernel::types! { task { state } }
}

mod all {
    klp_kernel::types! { struct task { .., state } }
}

mod end {
    klp_kernel::types! { struct task }
}

mod key {
    klp_kernel::types! { module: "ui_module", struct device; }
}

mod ty {
    klp_kernel::types! { const NAME_LEN; }
}

fn main() {}
