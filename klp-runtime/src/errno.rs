// SPDX-License-Identifier: GPL-2.0-only
//! Kernel error numbers.

use core::ffi::c_int;
use core::num::NonZeroI32;

/// A kernel error: a positive number of `include/uapi/asm-generic/errno*.h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Errno(NonZeroI32);

/// What a fallible kernel operation returns.
pub type Result<T = ()> = core::result::Result<T, Errno>;

macro_rules! errnos {
    ($($name:ident = $value:literal, $meaning:literal;)*) => {
        impl Errno {
            $(
                #[doc = $meaning]
                pub const $name: Self = Self(NonZeroI32::new($value).unwrap());
            )*
        }
    };
}

errnos! {
    EPERM = 1, "Operation not permitted.";
    ENOENT = 2, "No such file or directory; no such symbol.";
    EIO = 5, "I/O error.";
    EAGAIN = 11, "Try again.";
    ENOMEM = 12, "Out of memory.";
    EFAULT = 14, "Bad address.";
    EBUSY = 16, "Device or resource busy.";
    EEXIST = 17, "Exists already.";
    ENODEV = 19, "No such device.";
    EINVAL = 22, "Invalid argument.";
    ENOSYS = 38, "Function not implemented.";
    EOPNOTSUPP = 95, "Operation not supported.";
}

impl Errno {
    /// The largest number that the kernel takes for an error (`MAX_ERRNO`, `include/linux/err.h`).
    pub const MAX: c_int = 4095;

    /// The error behind a kernel function's return value: 0 and positive values are success.
    ///
    /// Values below `-MAX`, which no kernel function returns, come out as [`Errno::EINVAL`].
    #[inline]
    pub const fn check(ret: c_int) -> Result<c_int> {
        match ret {
            0.. => Ok(ret),
            _ if ret < -Self::MAX => Err(Self::EINVAL),
            _ => match NonZeroI32::new(-ret) {
                Some(number) => Err(Self(number)),
                None => Ok(0),
            },
        }
    }

    /// The negative number that a kernel function returns for it.
    #[inline]
    pub const fn to_ret(self) -> c_int {
        -self.0.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn success_keeps_its_value() {
        assert_eq!(Errno::check(0), Ok(0));
        assert_eq!(Errno::check(7), Ok(7));
    }

    #[test]
    fn an_error_goes_there_and_back() {
        assert_eq!(Errno::check(-19), Err(Errno::ENODEV));
        assert_eq!(Errno::ENODEV.to_ret(), -19);
    }

    #[test]
    fn what_is_no_errno_is_invalid() {
        assert_eq!(Errno::check(-4096), Err(Errno::EINVAL));
        assert_eq!(Errno::check(c_int::MIN), Err(Errno::EINVAL));
    }
}
