// SPDX-License-Identifier: GPL-2.0-only
//! Other modules call the function.
use klp_kernel::prelude::*;

#[export]
fn rust() {}

#[export]
extern "C" fn generic<T>(_x: T) {}

#[export]
const extern "C" fn constant() {}

#[export(gpl)]
extern "C" fn with_arguments() {}

#[export]
static NUMBER: c_int = 1;

fn main() {}
