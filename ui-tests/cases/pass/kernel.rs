// SPDX-License-Identifier: GPL-2.0-only
//! Symbols get the names that the link step resolves.
use klp_kernel::prelude::*;

#[kernel(object = "vmlinux")]
unsafe extern "C" {
    /// Documented.
    pub static plain_static: c_int;

    #[kernel(symbol = "do_work.constprop.0", sympos = 2)]
    safe fn do_second_work(x: c_int) -> c_int;
}

#[kernel(object = "nf_tables")]
unsafe extern "C" {
    #[klp_kernel::kernel(sympos = 1)]
    static mut counter: c_int;
}

#[unsafe(export_name = ".klp.sym.vmlinux.plain_static,0")]
static PLAIN_STATIC: c_int = 3;

#[unsafe(export_name = ".klp.sym.vmlinux.do_work.constprop.0,2")]
extern "C" fn do_work(x: c_int) -> c_int {
    x + 1
}

#[unsafe(export_name = ".klp.sym.nf_tables.counter,1")]
static mut COUNTER: c_int = 5;

fn main() {
    assert_eq!(unsafe { plain_static }, 3);
    assert_eq!(do_second_work(1), 2);
    assert_eq!(unsafe { counter }, 5);
}
