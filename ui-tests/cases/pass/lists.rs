// SPDX-License-Identifier: GPL-2.0-only
//! From the head of a list to the structures on it; memory as `kzalloc` leaves it.
use klp_kernel::prelude::*;
use ui_tests::{allocations, fail_allocations};

klp_kernel::types! {
    struct task { tasks, comm }
}

/// `next` and `prev`.
type Node = [*mut list_head; 2];

fn main() {
    let mut tasks = [new_task(1), new_task(2)];
    assert_eq!(allocations(), 2);
    let mut head: Node = [(&raw mut tasks[0].tasks), (&raw mut tasks[1].tasks)];
    let start: *mut list_head = (&raw mut head).cast();
    let ring = [start, head[0], head[1], start];
    for around in ring.windows(3) {
        unsafe { around[1].cast::<Node>().write([around[2], around[0]]) };
    }

    let found = unsafe { list_entries!(start, task.tasks) };
    let found: Vec<_> = found.map(|task| unsafe { task.as_ref() }.comm[0]).collect();
    assert_eq!(found, [1, 2]);

    fail_allocations(true);
    assert_eq!(KBox::<task>::zeroed(Gfp::ATOMIC).err(), Some(Errno::ENOMEM));
}

fn new_task(number: c_char) -> KBox<task> {
    let mut task = KBox::<task>::zeroed(Gfp::ATOMIC).unwrap();
    assert_eq!(task.comm, [0; 16]);
    task.comm[0] = number;
    task
}
