// SPDX-License-Identifier: GPL-2.0-only
//! Names that are exported already.
#![no_std]
#![no_main]
use klp_kernel::prelude::*;

klp::module! { license: "GPL", init: start, exit: stop }

fn start() -> Result {
    Ok(())
}

fn stop() {}

#[export]
extern "C" fn _printk() {}

#[export]
extern "C" fn module_exports_work() {}

mod other {
    use klp_kernel::prelude::*;

    #[export]
    extern "C" fn module_exports_work() {}
}
