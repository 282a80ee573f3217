// SPDX-License-Identifier: GPL-2.0-only
//! Modules have types of their own, or none.
mod own {
    klp_kernel::types! { object: "ui_module", struct device { queue } }
}

mod other {
    klp_kernel::types! { object: "other_module", struct device; }
}

mod without_types {
    klp_kernel::types! { object: "plain_module", struct device; }
}

mod wrong {
    klp_kernel::types! { object: "ui-module", struct device; }
}

fn main() {}
