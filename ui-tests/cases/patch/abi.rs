// SPDX-License-Identifier: GPL-2.0-only
//! What `klp::patch!` of another version of klp-macros comes to.
use klp_kernel::__private::{ABI, assert_abi};

const _: () = assert_abi::<{ ABI - 1 }>();
const _: () = assert_abi::<{ ABI + 1 }>();

fn main() {}
