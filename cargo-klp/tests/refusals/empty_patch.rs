// SPDX-License-Identifier: GPL-2.0-only
//! Neither a function nor a callback.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::patch! { license: "GPL" }

