// SPDX-License-Identifier: GPL-2.0-only
//! Numbers of the target kernel that are known at link time: offsets, sizes, enumerators, a flag.
//!
//! Each is the *address* of an undefined symbol (`klp_runtime::contract::symbol`), which the link
//! step takes from the kernel's type information, so one source serves kernels whose structures
//! differ.

use core::hint::black_box;

/// The number that a symbol of the link step stands for.
///
/// The compiler knows that no symbol has address 0 and no two the same address; neither holds for
/// these, so it must not see where the number comes from.
#[inline]
pub fn number_of(symbol: *const u8) -> usize {
    black_box(symbol.addr())
}

/// The byte offset of a member of a kernel structure: `field_offset!(klp_object.name)`.
///
/// It is that of the kernel which the patch is linked for, by that kernel's type information.
#[macro_export]
macro_rules! field_offset {
    ($structure:ident . $member:ident) => {
        $crate::__link_time_number!(::core::concat!(
            ".klp.field.",
            ::core::stringify!($structure),
            ".",
            ::core::stringify!($member)
        ))
    };
}

/// The value of an enumerator of the kernel, as a `usize`: `enumerator!(MODULE_STATE_LIVE)`.
///
/// It is that of the kernel which the patch is linked for, by that kernel's type information.
#[macro_export]
macro_rules! enumerator {
    ($enumerator:ident) => {
        $crate::__link_time_number!(::core::concat!(
            ".klp.enum.",
            ::core::stringify!($enumerator)
        ))
    };
}

/// The size of a kernel structure in bytes: `struct_size!(ftrace_ops)`.
///
/// It is that of the kernel which the patch is linked for, by that kernel's type information.
#[macro_export]
macro_rules! struct_size {
    ($structure:ident) => {
        $crate::__link_time_number!(::core::concat!(
            ".klp.sizeof.",
            ::core::stringify!($structure)
        ))
    };
}

/// The bit of a flag in a task's `thread_info::flags`, from 0: `thread_flag!(TIF_PATCH_PENDING)`.
///
/// It is that of the kernel which the patch is linked for. Type information has no such numbers;
/// this one flag's is known from the kernel's code.
#[macro_export]
macro_rules! thread_flag {
    ($flag:ident) => {
        $crate::__link_time_number!(::core::concat!(".klp.flag.", ::core::stringify!($flag)))
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __link_time_number {
    ($symbol:expr) => {{
        // SAFETY: the symbol stands for a number and is never read; its address is all there is.
        unsafe extern "C" {
            #[link_name = $symbol]
            safe static NUMBER: u8;
        }
        $crate::__private::number_of(&raw const NUMBER)
    }};
}
