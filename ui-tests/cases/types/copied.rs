// SPDX-License-Identifier: GPL-2.0-only
//! What others know by its address is not copied.
mod kernel {
    klp_kernel::types! {
        struct task { comm }
        struct work_struct { entry }
        struct seq_file { buf }
    }
}

fn copied<T: Copy>() {}

fn main() {
    copied::<kernel::seq_file>();
    copied::<kernel::task>(); // an atomic_t among the members that are not listed
    copied::<kernel::work_struct>(); // a node of a list
}
