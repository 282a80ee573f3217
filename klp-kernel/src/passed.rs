// SPDX-License-Identifier: GPL-2.0-only
//! How C passes values of Rust's types: what the prototype check asks rustc about names whose
//! meaning a macro cannot see.

use core::ptr::NonNull;

/// How C passes a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passed {
    /// As a signed integer.
    Signed,
    /// As an unsigned integer.
    Unsigned,
    /// As an address.
    Pointer,
    /// As a struct, union or array.
    Record,
}

/// A type that may stand for a C type in a function that C code calls, or that is called in C.
///
/// # Safety
/// Values must have C's layout, and C must pass them as `PASSED` says.
#[diagnostic::on_unimplemented(
    message = "[KLP046] klp does not know how C passes `{Self}`",
    label = "not comparable with the kernel's type",
    note = "C's integers, pointers and the kernel's structs (`klp::types!`) can be compared; for a type of your own implement `KernelType`, or write `unchecked = \"reason\"`"
)]
pub unsafe trait KernelType {
    /// How C passes it.
    const PASSED: Passed;
}

macro_rules! passed {
    ($($(#[$why:meta])? [$($generics:tt)*] $ty:ty => $passed:ident;)*) => {$(
        // SAFETY: Rust's reference gives these types C's layout.
        unsafe impl<$($generics)*> KernelType for $ty {
            const PASSED: Passed = Passed::$passed;
        }
    )*};
}

passed! {
    [] i8 => Signed;
    [] i16 => Signed;
    [] i32 => Signed;
    [] i64 => Signed;
    [] i128 => Signed;
    [] isize => Signed;
    [] bool => Unsigned;
    [] u8 => Unsigned;
    [] u16 => Unsigned;
    [] u32 => Unsigned;
    [] u64 => Unsigned;
    [] u128 => Unsigned;
    [] usize => Unsigned;
    [T] *const T => Pointer;
    [T] *mut T => Pointer;
    [T] NonNull<T> => Pointer;
    [T] Option<&T> => Pointer;
    [T] Option<&mut T> => Pointer;
    [T] Option<NonNull<T>> => Pointer;
    [T: KernelType, const N: usize] [T; N] => Record;
}

macro_rules! functions {
    ($(($($parameter:ident),*))*) => {$(
        passed! {
            [R, $($parameter),*] extern "C" fn($($parameter),*) -> R => Pointer;
            [R, $($parameter),*] unsafe extern "C" fn($($parameter),*) -> R => Pointer;
            [R, $($parameter),*] Option<extern "C" fn($($parameter),*) -> R> => Pointer;
            [R, $($parameter),*] Option<unsafe extern "C" fn($($parameter),*) -> R> => Pointer;
        }
    )*};
}

functions! {
    ()
    (A)
    (A, B)
    (A, B, C)
    (A, B, C, D)
    (A, B, C, D, E)
    (A, B, C, D, E, F)
}

/// Fails to compile, with `message`, unless `T` has this size and is passed in one of these ways;
/// in any, when the list is empty.
#[track_caller]
pub const fn assert_type<T: KernelType>(size: usize, passed: &[Passed], message: &str) {
    let mut found = passed.is_empty();
    let mut at = 0;
    while at < passed.len() {
        found |= passed[at] as u8 == T::PASSED as u8;
        at += 1;
    }
    assert!(size_of::<T>() == size && found, "{}", message);
}
