// SPDX-License-Identifier: GPL-2.0-only
//! Ways to write the same prototype.
use klp_kernel::prelude::*;
use std::ptr::NonNull;

klp::types! {
    struct pair { .. }
    struct work_struct;
    enum state;
}

type Callback = Option<unsafe extern "C" fn(c_int) -> c_int>;
type Size = usize;

/// The author's own idea of what is behind a pointer.
struct Mine;

#[livepatch(object = "vmlinux")]
extern "C" fn show(_m: &seq_file, _v: *const Mine) -> i32 {
    0
}

#[livepatch(object = "vmlinux")]
extern "C" fn run_work(_work: Option<NonNull<work_struct>>) {}

#[livepatch(object = "vmlinux", symbol = "run_work")]
extern "C" fn any(_work: *mut c_void) {}

#[livepatch(object = "vmlinux", symbol = "run_work")]
extern "C" fn mine<'a>(_work: Option<&'a mut Mine>) {}

#[livepatch(object = "vmlinux")]
extern "C" fn mixed(_a: c_int, _b: Size, _c: bool, _d: state, _e: *const u8) -> isize {
    0
}

#[livepatch(object = "vmlinux")]
extern "C" fn hook(_function: Callback, _heads: *mut *mut c_void) {}

#[livepatch(object = "vmlinux", symbol = "hook")]
extern "C" fn by_hand(_f: Option<extern "C" fn(c_int) -> c_int>, _heads: *mut *mut Mine) -> () {}

#[livepatch(object = "vmlinux")]
extern "C" fn swap(pair: pair) -> pair {
    pair
}

// Nothing is known of these.
#[livepatch(object = "vmlinux")]
extern "C" fn not_in_btf(_x: u8) {}

#[livepatch(object = "vmlinux", symbol = "show.isra.0")]
extern "C" fn variant(_x: u8) {}

#[livepatch(object = "no_such_module", symbol = "show")]
extern "C" fn elsewhere(_x: u8) {}

// A module's function is not the kernel's of the same name.
#[livepatch(object = "ui_module", symbol = "show")]
extern "C" fn of_module(_x: u8) {}

#[livepatch(object = "vmlinux", symbol = "show", unchecked = "the second parameter is never used")]
extern "C" fn unchecked(_m: *mut seq_file) -> c_int {
    0
}

#[kernel(object = "vmlinux")]
unsafe extern "C" {
    #[expect(dead_code)]
    fn print(fmt: *const c_char, ...) -> c_int;

    #[expect(dead_code)]
    static cpu_number: c_int;

    #[kernel(unchecked = "read as a number")]
    #[expect(dead_code)]
    static current_task: usize;
}

fn main() {}
