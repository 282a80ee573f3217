// SPDX-License-Identifier: GPL-2.0-only
//! Kernel structures that Rust code only ever points to.

use core::cell::UnsafeCell;
use core::marker::{PhantomData, PhantomPinned};

macro_rules! opaque {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[repr(C)]
        pub struct $name {
            opaque: UnsafeCell<[u8; 0]>,
            /// Neither `Send` nor `Sync` nor `Unpin`: all of that is the kernel's to decide.
            marker: PhantomData<(*mut u8, PhantomPinned)>,
        }
    )*};
}

opaque! {
    /// `struct klp_object` (`include/linux/livepatch.h`): one object of a patch.
    klp_object;
    /// `struct klp_patch` (`include/linux/livepatch.h`): the patch.
    klp_patch;
    /// `struct klp_state` (`include/linux/livepatch.h`): a change that a patch has made.
    klp_state;
    /// `struct seq_file` (`include/linux/seq_file.h`): a `/proc` file being read.
    seq_file;
}
