// SPDX-License-Identifier: GPL-2.0-only
//! Files in sysfs folders: what each is called, and what reading and writing it does.

use crate::kernel::{attribute, kobj_attribute, kobject};
use core::cell::UnsafeCell;
use core::ffi::{c_char, c_int, c_long, c_ulong, c_void};
use core::mem::MaybeUninit;
use klp_kernel::prelude::*;
use klp_runtime::Error;

#[kernel(object = "vmlinux")]
unsafe extern "C" {
    /// `fs/sysfs/file.c`.
    fn sysfs_create_file_ns(kobj: *mut kobject, attr: *const attribute, ns: *const c_void)
    -> c_int;
}

/// Writes what a file has: at most a page.
pub type Show = unsafe extern "C" fn(*mut kobject, *mut kobj_attribute, *mut c_char) -> c_long;
/// Takes what is written to a file.
pub type Store =
    unsafe extern "C" fn(*mut kobject, *mut kobj_attribute, *const c_char, c_ulong) -> c_long;

/// A file.
///
/// # Invariants
/// `raw` is zeros until `set_up`, and complete after it.
pub struct Attribute {
    name: &'static CStr,
    show: Option<Show>,
    store: Option<Store>,
    raw: UnsafeCell<MaybeUninit<kobj_attribute>>,
}

// SAFETY: written by `set_up`, before anybody else has it, and the kernel's then.
unsafe impl Sync for Attribute {}

impl Attribute {
    /// A file to read.
    pub const fn read(name: &'static CStr, show: Show) -> Self {
        Self::new(name, Some(show), None)
    }

    /// A file to write.
    pub const fn write(name: &'static CStr, store: Store) -> Self {
        Self::new(name, None, Some(store))
    }

    /// A file to read and write.
    pub const fn both(name: &'static CStr, show: Show, store: Store) -> Self {
        Self::new(name, Some(show), Some(store))
    }

    const fn new(name: &'static CStr, show: Option<Show>, store: Option<Store>) -> Self {
        Self {
            name,
            show,
            store,
            raw: UnsafeCell::new(MaybeUninit::zeroed()),
        }
    }

    /// Completes it.
    ///
    /// # Safety
    /// Nobody may use it yet.
    pub unsafe fn set_up(&self) {
        // SAFETY: nobody uses it, and zeros are valid for all of its members.
        let raw = unsafe { (*self.raw.get()).assume_init_mut() };
        raw.attr.name = self.name.as_ptr();
        raw.attr.mode = match (self.show, self.store) {
            (Some(_), Some(_)) => 0o644,
            (_, Some(_)) => 0o200,
            _ => 0o444,
        };
        raw.show = self.show;
        raw.store = self.store;
        // INVARIANT: complete.
    }

    /// Makes the file in a folder. It goes with the folder.
    pub fn create(&self, folder: *mut kobject) -> core::result::Result<(), Error> {
        let attribute = kobj_attribute::attr(self.raw.get().cast());
        // SAFETY: the folder is there, and the attribute complete since the module was loaded.
        let made = unsafe { sysfs_create_file_ns(folder, attribute, core::ptr::null()) };
        Ok(Errno::check(made).map(drop)?)
    }
}
