// SPDX-License-Identifier: GPL-2.0-only
//! A module's functions are those that the author named.
use core::sync::atomic::{AtomicI32, Ordering};

use klp_kernel::__private::KLP_EXPORTS;
use klp_kernel::contract::{ABI, ModuleKind, PatchRecord};
use klp_kernel::prelude::*;
use ui_tests as _;

klp::module! {
    license: "GPL",
    description: "All keys",
    author: "A. Author",
    version: "1.0",
    init: inner::start,
    exit: inner::stop,
}

static LOADED: AtomicI32 = AtomicI32::new(0);

mod inner {
    use super::{LOADED, Ordering};
    use klp_kernel::prelude::*;

    pub fn start() -> Result {
        match LOADED.fetch_add(1, Ordering::Relaxed) {
            0 => Ok(()),
            _ => Err(Errno::EBUSY),
        }
    }

    pub fn stop() {
        LOADED.store(0, Ordering::Relaxed);
    }
}

/// Twice `x`.
#[export]
unsafe extern "C" fn ui_twice(x: c_int) -> c_int {
    2 * x
}

#[export]
#[cfg(any())]
extern "C" fn left_out() {}

unsafe extern "C" {
    static __klp_patch_record: PatchRecord;
    fn init_module() -> c_int;
    fn cleanup_module();
}

fn main() {
    let record = unsafe { &__klp_patch_record };
    assert_eq!((record.abi, record.replace), (ABI, 0));
    assert_eq!(record.kind, ModuleKind::Module);
    assert_eq!(record.author.as_str(), "A. Author");
    assert_eq!(unsafe { init_module() }, 0);
    assert_eq!(unsafe { init_module() }, Errno::EBUSY.to_ret());
    unsafe { cleanup_module() };
    assert_eq!(unsafe { init_module() }, 0);

    let [twice] = &KLP_EXPORTS[..] else {
        panic!("{} exports", KLP_EXPORTS.len())
    };
    assert_eq!(twice.name.as_str(), "ui_twice");
    assert_eq!(twice.function, ui_twice as *const c_void);
    assert_eq!(unsafe { ui_twice(2) }, 4);
}
