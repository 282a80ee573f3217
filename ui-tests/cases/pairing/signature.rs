// SPDX-License-Identifier: GPL-2.0-only
//! What a callback looks like.
use klp_kernel::prelude::*;

#[post_patch(object = "vmlinux", no_undo = "prints only")]
fn without_object() {}

#[post_patch(object = "vmlinux", no_undo = "prints only")]
fn with_more(_object: &Object, _more: c_int) {}

#[post_patch(object = "vmlinux", no_undo = "prints only")]
fn returns(_object: &Object) -> Result {
    Ok(())
}

#[pre_patch(object = "vmlinux", no_undo = "prints only")]
fn cannot_refuse(_object: &Object) {}

#[post_patch(object = "vmlinux", no_undo = "prints only")]
unsafe extern "C" fn as_in_c(_object: &Object) {}

#[post_patch(object = "vmlinux", no_undo = "prints only")]
const fn generic<T>(_object: &Object) {}

#[post_patch(object = "vmlinux", no_undo = "prints only")]
fn method(&self) {}

fn main() {}
