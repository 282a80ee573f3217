// SPDX-License-Identifier: GPL-2.0-only
//! Symbols that a patch uses are compared as well; of variables those that are per CPU.
use klp_kernel::prelude::*;

#[kernel(object = "vmlinux")]
unsafe extern "C" {
    fn nothing() -> c_int;

    fn print(fmt: *const c_char) -> c_int;

    fn show(m: *mut seq_file, v: *mut c_void, ...) -> c_int;

    #[kernel(symbol = "show")]
    fn renamed(m: *mut seq_file, v: c_int) -> c_int;

    static cpu_number: c_long;

    static current_task: usize;
}

fn main() {}
