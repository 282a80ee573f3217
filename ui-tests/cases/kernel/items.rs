// SPDX-License-Identifier: GPL-2.0-only
//! What an item may say.
use klp_kernel::prelude::*;

#[kernel(object = "vmlinux")]
unsafe extern "C" {
    #[link_name = "other"]
    fn own_link_name();

    #[kernel(symbol = "a,1")]
    fn bad_symbol();

    #[kernel(sympos = "2")]
    fn bad_sympos();

    #[kernel(object = "e1000")]
    fn own_object();

    #[kernel]
    fn nothing();

    #[kernel(sympos = 1)]
    #[kernel(sympos = 2)]
    fn twice();
}

fn main() {}
