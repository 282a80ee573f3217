// SPDX-License-Identifier: GPL-2.0-only
//! Names whose meaning only rustc knows.
use klp_kernel::prelude::*;

klp::types! {
    struct pair { .. }
    struct file;
    enum state;
}

type Word = u64;
type Address = *mut c_void;

struct Mine(#[expect(dead_code)] u32);

#[livepatch(object = "vmlinux")]
extern "C" fn show(_m: Word, _v: Address) -> Word {
    0
}

#[livepatch(object = "vmlinux")]
extern "C" fn mixed(_a: Mine, _b: Word, _c: state, _d: state, _e: *const c_char) -> c_long {
    0
}

#[livepatch(object = "vmlinux")]
extern "C" fn swap(pair: Word) -> file {
    let _ = pair;
    loop {}
}

fn main() {}
