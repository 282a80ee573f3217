// SPDX-License-Identifier: GPL-2.0-only
//! Module parameters.

use core::cell::UnsafeCell;
use core::ffi::{c_int, c_long, c_uint, c_ulong, c_void};
use klp_runtime::contract::{Location, ParamRecord, Str};

/// A module parameter's value, which user space sets at load time and through sysfs.
///
/// ```ignore
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

mod sealed {
    pub trait Sealed {}
}

/// A type that the kernel has parameter operations for (`include/linux/moduleparam.h`).
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a module parameter",
    label = "the kernel does not know how to parse and print it",
    note = "parameters are `bool`, `c_int`, `c_uint`, `c_long`, `c_ulong`, `c_short`, `c_ushort` or `u8`"
)]
pub trait ParamType: sealed::Sealed + Copy + Send {
    /// The type's name in `modinfo`.
    const NAME: &'static str;
    /// The exported `struct kernel_param_ops`.
    const OPS: &'static str;
}

macro_rules! param_types {
    ($($rust:ty = $name:literal;)*) => {$(
        impl sealed::Sealed for $rust {}

        impl ParamType for $rust {
            const NAME: &'static str = $name;
            const OPS: &'static str = concat!("param_ops_", $name);
        }
    )*};
}

param_types! {
    bool = "bool";
    u8 = "byte";
    i16 = "short";
    u16 = "ushort";
    c_int = "int";
    c_uint = "uint";
    c_long = "long";
    c_ulong = "ulong";
}

/// The record of a `#[param]` static.
pub const fn record<T: ParamType>(
    param: &'static Param<T>,
    name: &'static str,
    mode: u16,
    description: &'static str,
    location: Location,
) -> ParamRecord {
    ParamRecord {
        name: Str::new(name),
        type_name: Str::new(T::NAME),
        ops: Str::new(T::OPS),
        description: Str::new(description),
        value: (&raw const *param).cast::<c_void>(),
        mode: mode as u64,
        location,
    }
}
