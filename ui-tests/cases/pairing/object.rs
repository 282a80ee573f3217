// SPDX-License-Identifier: GPL-2.0-only
//! Each callback names its object.
use klp_kernel::prelude::*;

#[post_patch(no_undo = "prints only")]
fn start(_object: &Object) {}

#[post_patch(object = "snd-hda-intel", no_undo = "prints only")]
fn start_sound(_object: &Object) {}

fn main() {}
