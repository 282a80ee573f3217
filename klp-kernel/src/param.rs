// SPDX-License-Identifier: GPL-2.0-only
//! Module parameters.

use core::cell::UnsafeCell;
use core::ffi::{CStr, c_char, c_int, c_long, c_uint, c_ulong, c_void};
use klp_runtime::contract::{Location, ParamRecord, Str};

/// A module parameter's value, which user space sets at load time and through sysfs.
///
/// ```no_run
/// # use klp_kernel::prelude::*;
/// /// What the pre_patch callback returns.
/// #[param(mode = 0o644)]
/// static PRE_PATCH_RET: Param<c_int> = Param::new(0);
/// ```
#[repr(transparent)]
pub struct Param<T>(UnsafeCell<T>);

// SAFETY: the value is reached through `get` alone, which only exists for types that the kernel
// writes, and `get` reads, in one piece.
unsafe impl<T: Send> Sync for Param<T> {}

impl<T> Param<T> {
    /// A parameter that is `value` until somebody sets it.
    pub const fn new(value: T) -> Self {
        Self(UnsafeCell::new(value))
    }
}

impl<T: ParamType> Param<T> {
    /// The value now.
    ///
    /// Read afresh each time, in one piece: the kernel may be writing a new value on another CPU.
    pub fn get(&self) -> T {
        // SAFETY: the pointer is that of a live, aligned value. The kernel's `param_set_*` stores
        // a valid value of this type by a single instruction, and a volatile read of at most the
        // size of a register is a single instruction as well: C's READ_ONCE.
        unsafe { self.0.get().read_volatile() }
    }
}

/// A string as a parameter: the kernel's `charp`.
///
/// It is set when the module is loaded and stays: the kernel frees the old string when a new one
/// is written to the parameter's file, so that file must not be writable.
#[repr(transparent)]
#[derive(Clone, Copy)]
pub struct Charp(*const c_char);

// SAFETY: it points to a string that nobody writes.
unsafe impl Send for Charp {}

impl Charp {
    /// A string to have until another is set.
    pub const fn new(text: &'static CStr) -> Self {
        Self(text.as_ptr())
    }

    /// The string.
    pub fn as_c_str(self) -> &'static CStr {
        // SAFETY: the string is `new`'s or the kernel's copy of what the module was loaded with,
        // which it frees with the module.
        unsafe { CStr::from_ptr(self.0) }
    }
}

mod sealed {
    pub trait Sealed {}
}

/// A type that the kernel has parameter operations for (`include/linux/moduleparam.h`).
#[diagnostic::on_unimplemented(
    message = "[KLP035] `{Self}` cannot be a module parameter",
    label = "the kernel does not know how to parse and print it",
    note = "parameters are `bool`, `c_int`, `c_uint`, `c_long`, `c_ulong`, `c_short`, `c_ushort`, `u8` or `Charp`"
)]
pub trait ParamType: sealed::Sealed + Copy + Send {
    /// The type's name in `modinfo`.
    const NAME: &'static str;
    /// The exported `struct kernel_param_ops`.
    const OPS: &'static str;
    /// Whether it may change while the module is there.
    const CHANGES: bool;
}

macro_rules! param_types {
    ($($rust:ty = $name:literal, changes: $changes:literal;)*) => {$(
        impl sealed::Sealed for $rust {}

        impl ParamType for $rust {
            const NAME: &'static str = $name;
            const OPS: &'static str = concat!("param_ops_", $name);
            const CHANGES: bool = $changes;
        }
    )*};
}

param_types! {
    bool = "bool", changes: true;
    u8 = "byte", changes: true;
    i16 = "short", changes: true;
    u16 = "ushort", changes: true;
    c_int = "int", changes: true;
    c_uint = "uint", changes: true;
    c_long = "long", changes: true;
    c_ulong = "ulong", changes: true;
    Charp = "charp", changes: false;
}

/// A [`Param`] of any type that one can have.
#[diagnostic::on_unimplemented(
    message = "[KLP053] a `#[param]` static is a `Param`, not `{Self}`",
    label = "write `Param<{Self}>`, and its value as `Param::new(…)`",
    note = "the kernel may write the value at any time, which only `Param` allows for"
)]
pub trait AnyParam {
    /// The type of its value.
    type Value: ParamType;
}

impl<T: ParamType> AnyParam for Param<T> {
    type Value = T;
}

/// The record of a `#[param]` static.
#[track_caller]
pub const fn record<P: AnyParam>(
    param: &'static P,
    name: &'static str,
    mode: u16,
    description: &'static str,
    location: Location,
) -> ParamRecord {
    assert!(
        <P::Value as ParamType>::CHANGES || mode & 0o222 == 0,
        "[KLP036] the kernel frees a string when another is written, but the patch may be reading it: \
         give the parameter a mode without write permission, such as 0o444"
    );
    ParamRecord {
        name: Str::new(name),
        type_name: Str::new(P::Value::NAME),
        ops: Str::new(P::Value::OPS),
        description: Str::new(description),
        value: (&raw const *param).cast::<c_void>(),
        mode: mode as u64,
        location,
    }
}
