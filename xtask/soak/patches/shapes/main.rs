// SPDX-License-Identifier: GPL-2.0-only
//! Replaces functions of all shapes.
#![no_std]
#![no_main]

use klp_kernel::prelude::*;

klp::patch! {
    license: "GPL",
    description: "Replaces functions of all shapes",
}

/// What each answers.
const ANSWER: c_int = 100;

macro_rules! replace {
    ($($name:ident)*) => {$(
        /// `xtask/soak/module/klp_shapes.c`.
        #[livepatch(object = "klp_shapes")]
        extern "C" fn $name(_x: c_int) -> c_int {
            ANSWER
        }
    )*};
}

replace! {
    klp_shape_plain
    klp_shape_probed
    klp_shape_labelled
    klp_shape_called
    klp_shape_fixed
    klp_shape_looping
}
