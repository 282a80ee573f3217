// SPDX-License-Identifier: GPL-2.0-only
//! An undo may be anywhere that the callback can see.
#![deny(warnings)]
use klp_kernel::__private::KLP_CALLBACKS;
use klp_kernel::prelude::*;
use ui_tests as _;

mod files {
    use klp_kernel::prelude::*;

    pub mod undo {
        use klp_kernel::prelude::*;

        #[pre_unpatch(object = "vmlinux")]
        pub(in crate::files) fn by_super(_object: &Object) {}

        #[pre_unpatch(object = "vmlinux")]
        pub fn by_crate(_object: &Object) {}

        #[pre_unpatch(object = "vmlinux")]
        pub fn by_import(_object: &Object) {}

        #[pre_unpatch(object = "vmlinux")]
        pub fn renamed(_object: &Object) {}
    }

    pub mod patch {
        use super::undo::{by_import, renamed as by_other_name};
        use klp_kernel::prelude::*;

        #[post_patch(object = "vmlinux", undo = super::undo::by_super)]
        fn one(_object: &Object) {}

        #[post_patch(object = "vmlinux", undo = crate::files::undo::by_crate)]
        fn two(_object: &Object) {}

        #[post_patch(object = "vmlinux", undo = by_import)]
        fn three(_object: &Object) {}

        #[post_patch(object = "vmlinux", undo = by_other_name)]
        fn four(_object: &Object) {}

        #[post_patch(object = "vmlinux", undo = self::by_self)]
        fn five(_object: &Object) {}

        #[pre_unpatch(object = "vmlinux")]
        fn by_self(_object: &Object) {}
    }

    #[post_patch(object = "vmlinux", undo = r#try)]
    fn r#yield(_object: &Object) {}

    #[pre_unpatch(object = "vmlinux")]
    fn r#try(_object: &Object) {}

    #[cfg(any())]
    #[post_patch(object = "vmlinux", undo = nothing)]
    fn left_out(_object: &Object) {}

    #[post_patch(object = "vmlinux", undo = nothing)]
    #[cfg(any())]
    fn left_out_below(_object: &Object) {}
}

macro_rules! pair {
    ($object:literal, $start:ident, $stop:ident) => {
        #[post_patch(object = $object, undo = $stop)]
        fn $start(_object: &Object) {}

        #[pre_unpatch(object = $object)]
        fn $stop(_object: &Object) {}
    };
}

pair!("e1000", start, stop);

fn main() {
    let undone = KLP_CALLBACKS.iter().filter(|record| record.undo.is_some());
    assert_eq!(undone.count(), 7);
}
