// SPDX-License-Identifier: GPL-2.0-only
//! Names that no object has.
use klp_kernel::prelude::*;

#[livepatch(object = "")]
extern "C" fn empty() {}

#[livepatch(object = "snd-hda-intel")]
extern "C" fn dash() {}

#[livepatch(object = "e1000.ko")]
extern "C" fn file() {}

#[livepatch(object = "drivers/net")]
extern "C" fn path() {}

#[livepatch(object = "a_module_name_that_is_a_good_deal_longer_than_the_kernel_allows")]
extern "C" fn long() {}

fn main() {}
