// SPDX-License-Identifier: GPL-2.0-only
//! What is compared, under one interface: klp's table and a `HashMap`.

use super::slab::{give_memory, take_memory};
use klp_runtime::Errno;
use klp_runtime::shadow::{Platform, Table};
use std::alloc::Layout;
use std::cell::Cell;
use std::collections::HashMap;
use std::ffi::c_void;
use std::ptr::{NonNull, without_provenance_mut};
use std::sync::RwLock;
use std::sync::atomic::{AtomicBool, Ordering};

/// How many bytes of data each variable has.
pub const SIZE: usize = 16;

pub trait Store: Default {
    const NAME: &'static str;

    fn len(&self) -> usize;
    /// The address of the data, or 0.
    fn get(&self, object: usize, id: u64) -> usize;
    fn alloc(&self, object: usize, id: u64);
    fn free(&self, object: usize, id: u64);
    fn free_all(&self, id: u64);

    /// As `alloc`, if need be quicker, for there is none yet.
    fn fill(&self, object: usize, id: u64) {
        self.alloc(object, id);
    }

    /// Does what was left to do later.
    fn settle(&self) {}
}

unsafe extern "C" {
    fn malloc(size: usize) -> *mut c_void;
    fn free(memory: *mut c_void);
}

/// A lock that spins.
#[derive(Default)]
pub struct Lock(AtomicBool);

pub struct Locked<'l>(&'l Lock);

impl Lock {
    pub fn lock(&self) -> Locked<'_> {
        while self.0.swap(true, Ordering::Acquire) {
            std::hint::spin_loop();
        }
        Locked(self)
    }
}

impl Drop for Locked<'_> {
    fn drop(&mut self) {
        self.0.0.store(false, Ordering::Release);
    }
}

#[derive(Default)]
struct Kernel {
    lock: Lock,
    resize: AtomicBool,
}

#[derive(Default)]
struct Shared(std::sync::Arc<Kernel>);

// SAFETY: there is one thread, and nothing is freed while it reads.
unsafe impl Platform for Shared {
    type Flags = ();
    type Reading<'p> = ();
    type Locked<'p> = Locked<'p>;

    fn read(&self) {}

    fn lock(&self) -> Locked<'_> {
        self.0.lock.lock()
    }

    fn allocate(&self, layout: Layout, (): ()) -> Option<NonNull<u8>> {
        Some(take_memory(layout.size()))
    }

    unsafe fn free(&self, memory: NonNull<u8>) {
        // SAFETY: `allocate` got it there, and by the function's contract.
        unsafe { give_memory(memory.as_ptr()) };
    }

    unsafe fn free_later(&self, memory: NonNull<u8>) {
        // SAFETY: `allocate` got it there, and nobody reads.
        unsafe { give_memory(memory.as_ptr()) };
    }

    fn allocate_buckets(&self, layout: Layout) -> Option<NonNull<u8>> {
        // SAFETY: any size will do.
        NonNull::new(unsafe { malloc(layout.size()) }.cast())
    }

    unsafe fn free_buckets(&self, memory: NonNull<u8>) {
        // SAFETY: `allocate_buckets` got it there, and by the function's contract.
        unsafe { free(memory.as_ptr().cast()) };
    }

    fn wait_for_readers(&self) {}

    fn request_resize(&self) {
        self.0.resize.store(true, Ordering::Relaxed);
    }

    fn warn_duplicate(&self, _object: *mut c_void, _id: u64) {}

    fn report_failure(&self, _object: *mut c_void, _id: u64, _error: Errno) {}
}

/// klp's table.
pub struct Klp {
    kernel: Shared,
    table: Table<Shared>,
    count: Cell<usize>,
}

impl Default for Klp {
    fn default() -> Self {
        let kernel = Shared::default();
        let table = Table::new(Shared(kernel.0.clone())).unwrap();
        let count = Cell::new(0);
        Self {
            kernel,
            table,
            count,
        }
    }
}

impl Store for Klp {
    const NAME: &'static str = "klp";

    fn len(&self) -> usize {
        self.count.get()
    }

    fn get(&self, object: usize, id: u64) -> usize {
        let data = self.table.get(without_provenance_mut(object), id);
        data.map_or(0, |data| data.addr().get())
    }

    fn alloc(&self, object: usize, id: u64) {
        let object = without_provenance_mut(object);
        self.table.alloc(object, id, SIZE, (), |_| Ok(())).unwrap();
        self.count.set(self.count.get() + 1);
        self.settle();
    }

    fn free(&self, object: usize, id: u64) {
        self.table.free(without_provenance_mut(object), id, |_| ());
        self.count.set(self.count.get() - 1);
        self.settle();
    }

    fn free_all(&self, id: u64) {
        self.table.free_all(id, |_, _| ());
        self.count.set(0);
    }

    fn settle(&self) {
        if self.kernel.0.resize.load(Ordering::Relaxed) {
            self.kernel.0.resize.store(false, Ordering::Relaxed);
            self.table.resize();
        }
    }
}

/// The standard library's.
#[derive(Default)]
pub struct Std(RwLock<Map>);

type Map = HashMap<(usize, u64), Box<[u8; SIZE]>>;

impl Store for Std {
    const NAME: &'static str = "std";

    fn len(&self) -> usize {
        self.0.read().unwrap().len()
    }

    fn get(&self, object: usize, id: u64) -> usize {
        let map = self.0.read().unwrap();
        map.get(&(object, id))
            .map_or(0, |data| data.as_ptr().addr())
    }

    fn alloc(&self, object: usize, id: u64) {
        self.0.write().unwrap().entry((object, id)).or_default();
    }

    fn free(&self, object: usize, id: u64) {
        self.0.write().unwrap().remove(&(object, id));
    }

    fn free_all(&self, id: u64) {
        self.0.write().unwrap().retain(|key, _| key.1 != id);
    }
}
