// SPDX-License-Identifier: GPL-2.0-only
//! The shadow table against a `HashMap`: any sequence of operations, with more of them between
//! the batches of a resize and of a `free_all`, with and without memory.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use klp_runtime::shadow::{Platform, Table};
use klp_runtime::{Errno, Result};
use proptest::collection::vec;
use proptest::prelude::*;
use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet, VecDeque};
use std::ffi::c_void;
use std::ptr::NonNull;
use std::rc::{Rc, Weak};

/// An object, as its number, and an id.
type Key = (usize, u64);

#[derive(Clone, Copy, Debug)]
enum Outcome {
    Fine,
    NoMemory,
    ConstructorFails,
}

#[derive(Clone, Debug)]
enum Op {
    Get(Key),
    Alloc(Key, Outcome),
    GetOrAlloc(Key, Outcome),
    Free(Key),
    FreeAll(u64),
    Resize { memory: bool },
}

/// The table, the model, and what the platform knows.
struct World {
    table: RefCell<Option<Rc<Table<Sim>>>>,
    /// What the data of each variable are: a number of its own.
    model: RefCell<HashMap<Key, u64>>,
    numbers: Cell<u64>,
    to_do: RefCell<VecDeque<Op>>,
    /// How many operations are under way that others can come between.
    long: Cell<usize>,
    /// Whether one is under way that no others are let into, so that its outcome is known.
    short: Cell<bool>,
    memory: RefCell<HashMap<NonNull<u8>, Layout>>,
    bucket_memory: Cell<bool>,
    locked: Cell<bool>,
    warnings: Cell<usize>,
    reports: Cell<usize>,
}

struct Sim(Weak<World>);

impl Sim {
    fn world(&self) -> Rc<World> {
        self.0.upgrade().unwrap()
    }
}

struct Unlock(Rc<World>);

impl Drop for Unlock {
    fn drop(&mut self) {
        self.0.locked.set(false);
    }
}

// SAFETY: there is one thread, which asserts that the lock is free when it takes it, and which
// calls nothing that frees while it reads.
unsafe impl Platform for Sim {
    const SMALLEST: usize = 2;
    const BATCH: usize = 3;
    type Flags = Outcome;
    type Reading<'p> = ();
    type Locked<'p> = Unlock;

    fn read(&self) {}

    fn lock(&self) -> Unlock {
        let world = self.world();
        world.others();
        assert!(!world.locked.replace(true), "the lock is taken twice");
        Unlock(world)
    }

    fn allocate(&self, layout: Layout, outcome: Outcome) -> Option<NonNull<u8>> {
        assert!(layout.align() >= 16);
        let there_is = !matches!(outcome, Outcome::NoMemory);
        there_is.then(|| self.world().allocate(layout))
    }

    unsafe fn free(&self, memory: NonNull<u8>) {
        self.world().free(memory);
    }

    unsafe fn free_later(&self, memory: NonNull<u8>) {
        assert!(self.world().locked.get());
        self.world().free(memory);
    }

    fn allocate_buckets(&self, layout: Layout) -> Option<NonNull<u8>> {
        let world = self.world();
        assert!(!world.locked.get(), "sleeps with the lock held");
        world.bucket_memory.get().then(|| world.allocate(layout))
    }

    unsafe fn free_buckets(&self, memory: NonNull<u8>) {
        self.world().free(memory);
    }

    fn wait_for_readers(&self) {
        let world = self.world();
        assert!(!world.locked.get(), "sleeps with the lock held");
        world.others();
    }

    fn request_resize(&self) {
        assert!(self.world().locked.get());
    }

    fn warn_duplicate(&self, _object: *mut c_void, _id: u64) {
        let world = self.world();
        world.warnings.set(world.warnings.get() + 1);
    }

    fn report_failure(&self, _object: *mut c_void, _id: u64, error: Errno) {
        assert_eq!(error, Errno::EIO);
        let world = self.world();
        world.reports.set(world.reports.get() + 1);
    }
}

fn object(number: usize) -> *mut c_void {
    std::ptr::without_provenance_mut(0x1000 + 64 * number)
}

fn number(object: *mut c_void) -> usize {
    (object.addr() - 0x1000) / 64
}

/// The data of every variable here.
fn read(data: NonNull<c_void>) -> u64 {
    // SAFETY: it is a number that was written when the variable was attached.
    unsafe { data.cast::<u64>().read() }
}

impl World {
    fn new() -> Rc<Self> {
        let world = Rc::new(Self {
            table: RefCell::default(),
            model: RefCell::default(),
            numbers: Cell::default(),
            to_do: RefCell::default(),
            long: Cell::default(),
            short: Cell::default(),
            memory: RefCell::default(),
            bucket_memory: Cell::new(true),
            locked: Cell::default(),
            warnings: Cell::default(),
            reports: Cell::default(),
        });
        let table = Table::new(Sim(Rc::downgrade(&world))).unwrap();
        world.table.replace(Some(Rc::new(table)));
        world
    }

    fn allocate(&self, layout: Layout) -> NonNull<u8> {
        // SAFETY: no layout of the table's is empty.
        let memory = NonNull::new(unsafe { alloc_zeroed(layout) }).unwrap();
        self.memory.borrow_mut().insert(memory, layout);
        memory
    }

    fn free(&self, memory: NonNull<u8>) {
        let layout = self.memory.borrow_mut().remove(&memory).unwrap();
        // SAFETY: it was allocated with that layout, and is freed the first time.
        unsafe { dealloc(memory.as_ptr(), layout) };
    }

    fn table(&self) -> Rc<Table<Sim>> {
        self.table.borrow().clone().unwrap()
    }

    /// What others do while a long operation is under way.
    fn others(&self) {
        if (1..3).contains(&self.long.get()) && !self.short.get() {
            let op = self.to_do.borrow_mut().pop_front();
            op.into_iter().for_each(|op| self.step(op));
        }
    }

    fn long(&self, operation: impl FnOnce()) {
        self.long.set(self.long.get() + 1);
        operation();
        self.long.set(self.long.get() - 1);
    }

    fn short(&self, operation: impl FnOnce()) {
        self.short.set(true);
        operation();
        self.short.set(false);
    }

    fn step(&self, op: Op) {
        match op {
            Op::Get(key) => self.get(key),
            Op::Alloc(key, outcome) => self.short(|| self.alloc(key, outcome)),
            Op::GetOrAlloc(key, outcome) => self.short(|| self.get_or_alloc(key, outcome)),
            Op::Free(key) => self.short(|| self.free_one(key)),
            Op::FreeAll(id) => self.long(|| self.free_all(id)),
            Op::Resize { memory } => {
                self.bucket_memory.set(memory);
                self.long(|| self.table().resize());
            }
        }
    }

    fn get(&self, key: Key) {
        let data = self.table().get(object(key.0), key.1);
        let expected = self.model.borrow().get(&key).copied();
        assert_eq!(data.map(read), expected);
    }

    fn construct(&self, data: NonNull<c_void>, outcome: Outcome) -> Result {
        assert!(self.locked.get());
        assert_eq!((data.addr().get() % 16, read(data)), (0, 0));
        self.numbers.set(self.numbers.get() + 1);
        // SAFETY: there is room for a number.
        unsafe { data.cast().write(self.numbers.get()) };
        match outcome {
            Outcome::ConstructorFails => Err(Errno::EIO),
            _ => Ok(()),
        }
    }

    /// What attaching a new variable must come to.
    fn check_new(&self, key: Key, outcome: Outcome, result: Result<NonNull<c_void>>) {
        match outcome {
            Outcome::Fine => {
                let number = read(result.unwrap());
                assert_eq!(number, self.numbers.get());
                assert_eq!(self.model.borrow_mut().insert(key, number), None);
            }
            Outcome::NoMemory => assert_eq!(result, Err(Errno::ENOMEM)),
            Outcome::ConstructorFails => assert_eq!(result, Err(Errno::EIO)),
        }
    }

    fn alloc(&self, key: Key, outcome: Outcome) {
        let known = self.model.borrow().contains_key(&key);
        let (warnings, reports) = (self.warnings.get(), self.reports.get());
        let construct = |data| self.construct(data, outcome);
        let result = self
            .table()
            .alloc(object(key.0), key.1, 8, outcome, construct);
        if known {
            assert_eq!(result, Err(Errno::EEXIST));
        } else {
            self.check_new(key, outcome, result);
        }
        let failed = matches!(outcome, Outcome::ConstructorFails) && !known;
        assert_eq!(self.warnings.get(), warnings + usize::from(known));
        assert_eq!(self.reports.get(), reports + usize::from(failed));
    }

    fn get_or_alloc(&self, key: Key, outcome: Outcome) {
        let known = self.model.borrow().get(&key).copied();
        let construct = |data| self.construct(data, outcome);
        let result = self
            .table()
            .get_or_alloc(object(key.0), key.1, 8, outcome, construct);
        match known {
            Some(_) => assert_eq!(result.ok().map(read), known),
            None => self.check_new(key, outcome, result),
        }
    }

    fn free_one(&self, key: Key) {
        let mut freed = None;
        self.table()
            .free(object(key.0), key.1, |data| freed = Some(read(data)));
        assert_eq!(freed, self.model.borrow_mut().remove(&key));
        self.get(key);
    }

    fn free_all(&self, id: u64) {
        let of_id = |(key, number): (&Key, &u64)| (key.1 == id).then_some(*number);
        let before: HashSet<_> = self.model.borrow().iter().filter_map(of_id).collect();
        self.table().free_all(id, |object, data| {
            let removed = self.model.borrow_mut().remove(&(number(object), id));
            assert_eq!(removed, Some(read(data)));
        });
        let after: HashSet<_> = self.model.borrow().iter().filter_map(of_id).collect();
        assert!(before.is_disjoint(&after));
    }

    /// How much memory the buckets take.
    fn bucket_bytes(&self) -> usize {
        let memory = self.memory.borrow();
        let entries = self.model.borrow().len();
        assert_eq!(memory.len(), entries + 1, "memory is lost");
        let entry = |layout: &&Layout| layout.align() >= 16;
        memory
            .values()
            .filter(|layout| !entry(layout))
            .map(Layout::size)
            .sum()
    }
}

fn key() -> impl Strategy<Value = Key> {
    (0..60_usize, 1..4_u64)
}

fn outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        8 => Just(Outcome::Fine),
        1 => Just(Outcome::NoMemory),
        1 => Just(Outcome::ConstructorFails),
    ]
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        8 => key().prop_map(Op::Get),
        24 => (key(), outcome()).prop_map(|(key, outcome)| Op::Alloc(key, outcome)),
        24 => (key(), outcome()).prop_map(|(key, outcome)| Op::GetOrAlloc(key, outcome)),
        12 => key().prop_map(Op::Free),
        1 => (1..4_u64).prop_map(Op::FreeAll),
        4 => prop::bool::weighted(0.9).prop_map(|memory| Op::Resize { memory }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn the_table_is_a_map(ops in vec(op(), 1..400)) {
        let world = World::new();
        world.to_do.replace(ops.into());
        loop {
            let op = world.to_do.borrow_mut().pop_front();
            let Some(op) = op else { break };
            world.step(op);
        }
        for object in 0..60 {
            (1..4).for_each(|id| world.get((object, id)));
        }
        world.step(Op::Resize { memory: true });
        let entries = world.model.borrow().len();
        prop_assert!(world.bucket_bytes() <= 64 + 8 * 16 * entries.max(1));
        // All memory goes with the table, whether variables were freed or not.
        drop(world.table.take());
        prop_assert!(world.memory.borrow().is_empty());
    }
}
