// SPDX-License-Identifier: GPL-2.0-only
//! Members are where the kernel has them, under all the ways to reach them.
use klp_kernel::prelude::*;
use std::sync::atomic::Ordering::Relaxed;
use std::mem::{align_of, offset_of, size_of, zeroed};
use std::ptr::null;

mod kernel {
    klp_kernel::types! {
        struct task { .. }
        /// Documented.
        struct wire { length, sum }
        union value { number, bytes }
        struct work_struct { func }
        struct file;
        enum state;
        const NAME_LEN: usize;
    }
}

mod module {
    klp_kernel::types! {
        object: "ui_module",
        struct device { list, queues }
    }
}

/// Only what is asked for, at the same place.
mod part {
    klp_kernel::types! {
        struct task { comm, hook, r#type, low, high, in_exec }
        /// With klp's own, lists could be walked.
        struct list_head { next }
    }
}

use kernel::*;

fn main() {
    assert_eq!((size_of::<task>(), size_of::<part::task>()), (128, 128));
    assert_eq!(align_of::<task>(), align_of::<part::task>());
    assert_eq!(offset_of!(task, comm), offset_of!(part::task, comm));
    assert_eq!((size_of::<wire>(), align_of::<wire>()), (13, 1));
    assert_eq!((offset_of!(wire, length), offset_of!(wire, sum)), (1, 5));
    assert_eq!(size_of::<value>(), 16);
    assert_eq!(NAME_LEN, 16);
    assert_eq!(state::STATE_GOING, state(7));
    assert_eq!(size_of::<module::device>(), 24);

    // SAFETY: every type of the kernel may be all zero.
    let mut one: task = unsafe { zeroed() };
    let it = &raw mut one;
    one.state = -1;
    one.mode = state::STATE_COMING;
    one.nested.depth = 3;
    one.nested.state = state::STATE_LIVE;
    one.usage.store(2, Relaxed);
    one.value.number = 5;
    one.r#type = true;
    one.comm[0] = b'k' as c_char;
    assert!(one.file.is_null() && one.hook.is_none());

    // Anonymous members.
    unsafe { task::low(it).write(0x1234) };
    unsafe { task::high(it).write(-2) };
    assert_eq!(unsafe { task::exit_code(it).read() }, -0x1edcc_i32);

    // Bit fields.
    unsafe { task::set_exit_signal(it, -3) };
    unsafe { task::set_in_exec(it, 1) };
    unsafe { task::set_wide(it, 0xabcde) };
    unsafe { task::set_on_queue(it, true) };
    assert_eq!(unsafe { task::exit_signal(it) }, -3);
    assert_eq!(unsafe { task::in_exec(it) }, 1);
    assert_eq!(unsafe { task::wide(it) }, 0xabcde);
    assert!(unsafe { task::on_queue(it) });
    unsafe { task::set_on_queue(it, false) };
    assert_eq!(unsafe { task::wide(it) }, 0xabcde);

    // The other view of the same bytes.
    let part: *mut part::task = it.cast();
    assert_eq!(unsafe { (*part).comm[0] }, b'k' as c_char);
    assert_eq!(unsafe { part::task::low(part).read() }, 0x1234);
    assert_eq!(unsafe { part::task::in_exec(part) }, 1);

    // Functions and flexible arrays.
    unsafe extern "C" fn work(_work: *mut work_struct) {}
    let mut item: work_struct = unsafe { zeroed() };
    item.func = Some(work);
    assert!(item.func.is_some());
    assert_eq!(size_of::<work_struct>(), 24);
    assert_eq!(size_of_val(&one.tail), 0);
    assert_eq!(task::tail(null()).addr(), offset_of!(task, tail));
}
