// SPDX-License-Identifier: GPL-2.0-only
//! Pairs may span source files, where the undo can be seen.
use klp_kernel::prelude::*;

mod fixes {
    use klp_kernel::prelude::*;

    #[post_unpatch(object = "vmlinux")]
    fn release(_object: &Object) {}
}

#[pre_patch(object = "vmlinux", undo = fixes::release)]
fn acquire(_object: &Object) -> Result {
    Ok(())
}

fn main() {}
