// SPDX-License-Identifier: GPL-2.0-only
//! The shadow table under loom: all ways in which a few threads can come between each other, and
//! all values that the memory model lets them see. The table's own source files, with loom's
//! atomics for `core`'s.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../src/shadow/mod.rs"]
#[expect(dead_code, reason = "some of it is for klp.ko")]
mod shadow;
mod sync {
    pub(crate) use loom::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering};
}

use klp_runtime::{Errno, Result};
use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::sync::{Mutex, MutexGuard};
use loom::thread::{self, JoinHandle};
use shadow::{Platform, Table};
use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::collections::{HashMap, HashSet};
use std::ffi::c_void;
use std::ptr::NonNull;
use std::sync::Arc;

/// A kernel whose RCU promises no more than the real one: a read-side section makes nothing
/// visible, unless it begins after a grace period has begun.
///
/// What loom must not take for synchronisation is kept with `std`: the `book`. It stays right, as
/// loom runs one thread at a time, and changes threads before an operation on an atomic.
#[derive(Default)]
struct Kernel {
    lock: Mutex<()>,
    /// Released when a grace period begins, acquired when a section begins.
    begun: AtomicUsize,
    /// Released when a section ends, acquired when a grace period ends.
    ended: AtomicUsize,
    book: std::sync::Mutex<Book>,
}

#[derive(Default)]
struct Book {
    memory: HashMap<NonNull<u8>, Layout>,
    freed: HashSet<NonNull<u8>>,
    sections: usize,
    reading: HashSet<usize>,
    /// What is to be freed when these sections have ended.
    later: Vec<(NonNull<u8>, HashSet<usize>)>,
}

// SAFETY: the pointers are to memory that belongs to the book.
unsafe impl Send for Book {}

impl Book {
    /// Frees memory: from now on, using an atomic in it panics.
    fn free(&mut self, memory: NonNull<u8>) {
        assert!(self.freed.insert(memory), "freed twice");
        // SAFETY: the layout is that of the memory, which is given back in the end only.
        unsafe { memory.write_bytes(0x5a, self.memory[&memory].size()) };
    }

    fn free_what_is_due(&mut self) {
        let later = std::mem::take(&mut self.later);
        let (waiting, due) = later
            .into_iter()
            .partition(|(_, sections)| !sections.is_disjoint(&self.reading));
        self.later = waiting;
        due.iter().for_each(|(memory, _)| self.free(*memory));
    }
}

impl Drop for Book {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(self.freed.len(), self.memory.len(), "memory is lost");
        }
        for (memory, layout) in &self.memory {
            // SAFETY: it was allocated with that layout.
            unsafe { dealloc(memory.as_ptr(), *layout) };
        }
    }
}

impl Kernel {
    fn book(&self) -> std::sync::MutexGuard<'_, Book> {
        self.book.lock().unwrap()
    }

    fn take_memory(&self, layout: Layout) -> Option<NonNull<u8>> {
        // SAFETY: no layout of the table's is empty.
        let memory = NonNull::new(unsafe { alloc_zeroed(layout) })?;
        self.book().memory.insert(memory, layout);
        Some(memory)
    }
}

/// The kernel, for a table and its test.
#[derive(Clone, Default)]
struct Shared(Arc<Kernel>);

struct Section<'k> {
    kernel: &'k Kernel,
    number: usize,
}

impl Drop for Section<'_> {
    fn drop(&mut self) {
        self.kernel.ended.fetch_add(1, Ordering::Release);
        let mut book = self.kernel.book();
        book.reading.remove(&self.number);
        book.free_what_is_due();
    }
}

// SAFETY: the mutex is exclusive; memory is freed when the sections are over that were there; and
// a section that begins later acquires what was released when the grace period began.
unsafe impl Platform for Shared {
    const SMALLEST: usize = 2;
    const BATCH: usize = 1;
    type Flags = ();
    type Reading<'p> = Section<'p>;
    type Locked<'p> = MutexGuard<'p, ()>;

    fn read(&self) -> Section<'_> {
        self.0.begun.fetch_add(0, Ordering::Acquire);
        let mut book = self.0.book();
        book.sections += 1;
        let number = book.sections;
        book.reading.insert(number);
        Section {
            kernel: &self.0,
            number,
        }
    }

    fn lock(&self) -> MutexGuard<'_, ()> {
        self.0.lock.lock().unwrap()
    }

    fn allocate(&self, layout: Layout, (): ()) -> Option<NonNull<u8>> {
        self.0.take_memory(layout)
    }

    unsafe fn free(&self, memory: NonNull<u8>) {
        self.0.book().free(memory);
    }

    unsafe fn free_later(&self, memory: NonNull<u8>) {
        self.0.begun.fetch_add(1, Ordering::Release);
        let mut book = self.0.book();
        let sections = book.reading.clone();
        book.later.push((memory, sections));
        book.free_what_is_due();
    }

    fn allocate_buckets(&self, layout: Layout) -> Option<NonNull<u8>> {
        self.0.take_memory(layout)
    }

    unsafe fn free_buckets(&self, memory: NonNull<u8>) {
        self.0.book().free(memory);
    }

    fn wait_for_readers(&self) {
        self.0.begun.fetch_add(1, Ordering::Release);
        let sections = self.0.book().reading.clone();
        while !self.0.book().reading.is_disjoint(&sections) {
            thread::yield_now();
        }
        self.0.ended.fetch_add(0, Ordering::Acquire);
    }

    fn request_resize(&self) {}

    fn warn_duplicate(&self, _object: *mut c_void, _id: u64) {}

    fn report_failure(&self, _object: *mut c_void, _id: u64, _error: Errno) {}
}

/// A table, and what the tests do with it. All variables are of this id.
struct Model {
    kernel: Shared,
    table: Table<Shared>,
}

const ID: u64 = 1;

/// What the variables' data are: loom notices if one is used that was not seen to be constructed.
type Data = AtomicUsize;

/// Objects whose variables are in the first of up to 16 buckets. (If the hashes change the tests
/// still hold, but see less. So it is with the next two.)
const A: usize = 0x90;
const B: usize = 0x120;
const C: usize = 0x1b0;
/// One whose variable is there as well with up to 4 buckets, but not with 8.
const D: usize = 0x1c0;
/// One whose variable is in the last bucket, which is copied last.
const Z: usize = 0x70;

fn object(address: usize) -> *mut c_void {
    std::ptr::without_provenance_mut(address)
}

fn construct(data: NonNull<c_void>) -> Result {
    // SAFETY: that is how much was asked for.
    unsafe { data.cast::<Data>().write(Data::new(7)) };
    Ok(())
}

impl Model {
    fn with(objects: &[usize]) -> Arc<Self> {
        let kernel = Shared::default();
        let table = Table::new(kernel.clone()).unwrap();
        let model = Self { kernel, table };
        objects.iter().for_each(|address| model.alloc(*address));
        Arc::new(model)
    }

    fn alloc(&self, address: usize) {
        let size = size_of::<Data>();
        self.table
            .alloc(object(address), ID, size, (), construct)
            .unwrap();
    }

    fn free(&self, address: usize) {
        let mut destroyed = 0;
        self.table.free(object(address), ID, |_| destroyed += 1);
        assert_eq!(destroyed, 1);
    }

    /// Looks for a variable and uses it, as a patch does.
    fn finds(&self, address: usize) -> bool {
        let _reading = self.kernel.read();
        let data = self.table.get(object(address), ID);
        data.is_some_and(|data| {
            // SAFETY: it was there in this section.
            let data = unsafe { data.cast::<Data>().as_ref() };
            assert_eq!(data.load(Ordering::Relaxed), 7);
            true
        })
    }
}

fn spawn(model: &Arc<Model>, run: impl FnOnce(&Model) + 'static) -> JoinHandle<()> {
    let model = model.clone();
    thread::spawn(move || run(&model))
}

/// Tries all ways, with as many forced changes between threads.
fn check(preemptions: usize, test: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.check(test);
}

#[test]
fn what_is_found_is_constructed() {
    check(3, || {
        let model = Model::with(&[A]);
        let writer = spawn(&model, |model| model.alloc(B));
        let _ = model.finds(B);
        assert!(model.finds(A));
        writer.join().unwrap();
        assert!(model.finds(B));
    });
}

#[test]
fn who_stands_on_a_freed_variable_finds_his_way_on() {
    check(3, || {
        let model = Model::with(&[A, B, C]);
        let writer = spawn(&model, |model| {
            model.free(B);
            assert!(!model.finds(B));
            model.free(C);
        });
        let _ = model.finds(C);
        assert!(model.finds(A));
        writer.join().unwrap();
    });
}

#[test]
fn what_is_there_is_found_during_a_resize() {
    for address in [A, Z] {
        check(3, move || {
            let model = Model::with(&[A, B, Z]);
            let worker = spawn(&model, |model| model.table.resize());
            assert!(model.finds(address));
            worker.join().unwrap();
        });
    }
}

#[test]
fn one_resize_after_the_other() {
    check(3, || {
        let model = Model::with(&[A, D]);
        let worker = spawn(&model, |model| {
            model.table.resize();
            model.alloc(C);
            model.alloc(B);
            model.table.resize();
        });
        assert!(model.finds(A));
        worker.join().unwrap();
    });
}

#[test]
fn what_is_freed_during_a_resize_is_gone() {
    check(2, || {
        let model = Model::with(&[A, B]);
        let worker = spawn(&model, |model| model.table.resize());
        let writer = spawn(&model, |model| {
            model.free(B);
            assert!(!model.finds(B));
        });
        let _ = model.finds(B);
        assert!(model.finds(A));
        worker.join().unwrap();
        writer.join().unwrap();
        assert!(!model.finds(B));
    });
}

#[test]
fn all_is_freed_once_during_a_resize() {
    check(3, || {
        let model = Model::with(&[A, B]);
        let worker = spawn(&model, |model| model.table.resize());
        let mut destroyed = Vec::new();
        model
            .table
            .free_all(ID, |object, _| destroyed.push(object.addr()));
        destroyed.sort_unstable();
        assert_eq!(destroyed, [A, B]);
        assert!(!model.finds(A) && !model.finds(B));
        worker.join().unwrap();
    });
}

#[test]
fn what_free_all_frees_is_gone() {
    check(3, || {
        let model = Model::with(&[A, B]);
        let writer = spawn(&model, |model| model.table.free_all(ID, |_, _| ()));
        let _ = model.finds(A);
        let _ = model.finds(B);
        writer.join().unwrap();
        assert!(!model.finds(A) && !model.finds(B));
    });
}

#[test]
fn two_resizes_take_turns() {
    check(2, || {
        let model = Model::with(&[A, B]);
        let worker = spawn(&model, |model| model.table.resize());
        model.table.resize();
        assert!(model.finds(A));
        worker.join().unwrap();
        assert!(model.finds(B));
    });
}

#[test]
fn a_variable_is_attached_once_during_a_resize() {
    check(2, || {
        let model = Model::with(&[A, B]);
        let worker = spawn(&model, |model| model.table.resize());
        let attach = |model: &Model| {
            let size = size_of::<Data>();
            let mut calls = 0;
            let construct = |data| {
                calls += 1;
                construct(data)
            };
            let data = model.table.get_or_alloc(object(C), ID, size, (), construct);
            (data.unwrap().addr(), calls)
        };
        let other = model.clone();
        let other = thread::spawn(move || attach(&other));
        let (data, calls) = attach(&model);
        worker.join().unwrap();
        let (other_data, other_calls) = other.join().unwrap();
        assert_eq!((other_data, calls + other_calls), (data, 1));
    });
}
