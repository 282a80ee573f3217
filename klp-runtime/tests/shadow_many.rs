// SPDX-License-Identifier: GPL-2.0-only
//! Tables as large as in a kernel, with batches as long. (The others have a few buckets.)
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use klp_runtime::Errno;
use klp_runtime::shadow::{Platform, Table};
use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ffi::c_void;
use std::ptr::{NonNull, without_provenance_mut};

/// One thread, which frees nothing while it reads.
#[derive(Default)]
struct Kernel {
    memory: RefCell<HashMap<NonNull<u8>, Layout>>,
    resize: Cell<bool>,
}

impl Kernel {
    fn take_memory(&self, layout: Layout) -> Option<NonNull<u8>> {
        // SAFETY: no layout of the table's is empty.
        let memory = NonNull::new(unsafe { alloc_zeroed(layout) })?;
        self.memory.borrow_mut().insert(memory, layout);
        Some(memory)
    }

    fn give_memory(&self, memory: NonNull<u8>) {
        let layout = self.memory.borrow_mut().remove(&memory).unwrap();
        // SAFETY: it was allocated with that layout, and is forgotten by now.
        unsafe { dealloc(memory.as_ptr(), layout) };
    }
}

// SAFETY: there is one thread, and nothing is freed while it reads.
unsafe impl Platform for &Kernel {
    type Flags = ();
    type Reading<'p>
        = ()
    where
        Self: 'p;
    type Locked<'p>
        = ()
    where
        Self: 'p;

    fn read(&self) {}

    fn lock(&self) {}

    fn allocate(&self, layout: Layout, (): ()) -> Option<NonNull<u8>> {
        self.take_memory(layout)
    }

    unsafe fn free(&self, memory: NonNull<u8>) {
        self.give_memory(memory);
    }

    unsafe fn free_later(&self, memory: NonNull<u8>) {
        self.give_memory(memory);
    }

    fn allocate_buckets(&self, layout: Layout) -> Option<NonNull<u8>> {
        self.take_memory(layout)
    }

    unsafe fn free_buckets(&self, memory: NonNull<u8>) {
        self.give_memory(memory);
    }

    fn wait_for_readers(&self) {}

    fn request_resize(&self) {
        self.resize.set(true);
    }

    fn warn_duplicate(&self, _object: *mut c_void, _id: u64) {}

    fn report_failure(&self, _object: *mut c_void, _id: u64, _error: Errno) {}
}

fn object(number: usize) -> *mut c_void {
    without_provenance_mut(0x1000 + 64 * number)
}

#[test]
fn free_all_frees_one_kind_and_no_other() {
    for count in [0, 1, 100, 3_000, 20_000] {
        let kernel = Kernel::default();
        let table = Table::new(&kernel).unwrap();
        for number in 0..count {
            for id in 1..=2 {
                table.alloc(object(number), id, 8, (), |_| Ok(())).unwrap();
            }
            if kernel.resize.take() {
                table.resize();
            }
        }
        let mut destroyed = vec![0; count];
        table.free_all(1, |object, _| destroyed[(object.addr() - 0x1000) / 64] += 1);
        assert!(destroyed.iter().all(|times| *times == 1));
        for number in 0..count {
            assert!(table.get(object(number), 1).is_none());
            assert!(table.get(object(number), 2).is_some());
        }
        drop(table);
        assert!(kernel.memory.borrow().is_empty(), "memory is lost");
    }
}
